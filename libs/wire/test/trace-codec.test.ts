import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeTraceAsk,
  decodeTraceReport,
  decodeUplink,
  edgeId,
  encodeTraceAsk,
  encodeTraceReport,
  isTraceId,
  type TraceReport,
  traceId,
  WireError,
} from '../src/index.ts';
import { pack } from '../src/msgpack.ts';
import { TRACE_ASKS, TRACE_REPORTS } from './samples.ts';

function golden(name: string): Buffer {
  return readFileSync(new URL(`./golden/${name}.bin`, import.meta.url));
}

/** The code of the WireError that decoding ends with; fails when it ends otherwise. */
function refusal(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    decode(bytes);
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('what a trace says on the bus', () => {
  it.each(Object.entries(TRACE_ASKS))('writes and reads the golden bytes of %s', (name, ask) => {
    expect(Buffer.from(encodeTraceAsk(ask)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeTraceAsk(golden(name))).toEqual(ask);
  });

  it.each(Object.entries(TRACE_REPORTS))('writes and reads the golden bytes of %s', (name, report) => {
    expect(Buffer.from(encodeTraceReport(report)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeTraceReport(golden(name))).toEqual(report);
  });

  it('carries any text', () => {
    const said = TRACE_REPORTS['trace-frame']?.said;
    if (said?.kind !== 'event' || said.event.kind !== 'frame') throw new Error('no frame');
    const { sessionId, event } = said;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.nat(), (text, n) => {
        const report: TraceReport = {
          edgeId: edgeId('e1'),
          n,
          atMs: 5,
          said: { kind: 'event', sessionId, event: { ...event, text } },
        };
        expect(decodeTraceReport(encodeTraceReport(report))).toEqual(report);
      }),
    );
  });

  it('is not taken for anything else', () => {
    for (const name of Object.keys(TRACE_ASKS)) expect(refusal(decodeTraceReport, golden(name))).toBe('malformed');
    for (const name of Object.keys(TRACE_REPORTS)) {
      expect(refusal(decodeTraceAsk, golden(name))).toBe('malformed');
      expect(refusal(decodeUplink, golden(name))).toBe('malformed');
    }
    expect(refusal(decodeTraceAsk, pack([2, 40]))).toBe('newer-version');
    expect(refusal(decodeTraceReport, pack([2, 41]))).toBe('newer-version');
    expect(refusal(decodeTraceReport, Buffer.from('{}'))).toBe('malformed');
  });

  it.each([
    ['trace', 2, 'a.b'],
    ['tenant', 3, ''],
    ['charger', 4, 'a/b'],
    ['lease', 5, -1],
  ])('is refused as an ask with a wrong %s (place %d: %j)', (_name, place, value) => {
    const fields: unknown[] = [1, 40, 't1', 'default', 'CP1', 5_000];
    expect(refusal(decodeTraceAsk, pack(fields))).toBe('accepted');
    expect(refusal(decodeTraceAsk, pack(fields.with(place, value)))).toBe('malformed');
  });

  it.each([
    ['edge', 2, 'a b'],
    ['number', 3, null],
    ['time', 4, '5'],
    ['event', 5, 9],
    ['session', 6, ''],
    ['direction', 7, 1],
    ['type', 8, null],
    ['text', 9, 5],
    ['size', 10, -1],
    ['cut', 11, 0],
    ['mask', 12, null],
    ['fault', 13, 5],
  ])('is refused as a frame with a wrong %s (place %d: %j)', (_name, place, value) => {
    const fields: unknown[] = [1, 41, 'e1', 7, 5, 4, 's1', true, 'call', '[]', 2, false, false, null];
    expect(refusal(decodeTraceReport, pack(fields))).toBe('accepted');
    expect(refusal(decodeTraceReport, pack(fields.with(place, value)))).toBe('malformed');
  });
});

describe('a trace id', () => {
  it('is one token of a subject', () => {
    expect(traceId('7k2m9q')).toBe('7k2m9q');
    for (const text of ['', 'a.b', '>', 'x'.repeat(65)]) {
      expect(isTraceId(text)).toBe(false);
      expect(() => traceId(text)).toThrow(WireError);
    }
  });
});
