import { readdirSync, readFileSync } from 'node:fs';
import { createSeededRandom } from '@voltlane/time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Downlink,
  decodeCommandAsk,
  decodeDownlink,
  decodeOwner,
  decodeSessionsPage,
  decodeSessionsQuestion,
  decodeUplink,
  encodeCommandAsk,
  encodeDownlink,
  encodeOwner,
  encodeSessionsPage,
  encodeSessionsQuestion,
  encodeUplink,
  type Uplink,
  type UplinkCall,
  WireError,
} from '../src/index.ts';
import { pack } from '../src/msgpack.ts';
import {
  ANNOUNCEMENTS,
  ASKS,
  DOWNLINKS,
  METER_CALL,
  PAGES,
  QUESTIONS,
  TRACE_ASKS,
  TRACE_REPORTS,
  UPLINKS,
} from './samples.ts';

const GOLDEN = new URL('./golden/', import.meta.url);

function golden(name: string): Buffer {
  return readFileSync(new URL(`${name}.bin`, GOLDEN));
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

const KNOWN = ['accepted', 'malformed', 'newer-version'];

describe('the envelope format', () => {
  it.each(Object.entries(UPLINKS))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeUplink(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeUplink(golden(name))).toEqual(message);
  });

  it.each(Object.entries(DOWNLINKS))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeDownlink(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeDownlink(golden(name))).toEqual(message);
  });

  it.each(Object.entries(ANNOUNCEMENTS))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeOwner(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeOwner(golden(name))).toEqual(message);
    expect(decodeOwner(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
  });

  it.each(Object.entries(QUESTIONS))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeSessionsQuestion(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeSessionsQuestion(golden(name))).toEqual(message);
    expect(decodeSessionsQuestion(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
  });

  it.each(Object.entries(PAGES))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeSessionsPage(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeSessionsPage(golden(name))).toEqual(message);
    expect(decodeSessionsPage(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
  });

  it.each(Object.entries(ASKS))('writes and reads the golden bytes of %s', (name, message) => {
    expect(Buffer.from(encodeCommandAsk(message)).toString('hex')).toBe(golden(name).toString('hex'));
    expect(decodeCommandAsk(golden(name))).toEqual(message);
    expect(decodeCommandAsk(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
  });

  it('carries the age of the session as of this copy, and is read where an edge does not say', () => {
    expect(decodeUplink(encodeUplink(METER_CALL, 7.9)).openedAgoMs).toBe(7);
    expect(decodeUplink(pack(callFields())).openedAgoMs).toBeUndefined();
  });

  it('has a sample for every golden file and the other way round', () => {
    const files = readdirSync(GOLDEN).sort();
    const samples = {
      ...UPLINKS,
      ...DOWNLINKS,
      ...ANNOUNCEMENTS,
      ...QUESTIONS,
      ...PAGES,
      ...ASKS,
      ...TRACE_ASKS,
      ...TRACE_REPORTS,
    };
    const names = Object.keys(samples)
      .map((name) => `${name}.bin`)
      .sort();
    expect(files).toEqual(names);
  });

  it('carries any text, whatever its length and letters', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(text, text, text, fc.nat(), fc.boolean(), (messageId, action, payload, seq, send) => {
        const call: UplinkCall = { ...METER_CALL, messageId, action, payload, seq, send };
        expect(decodeUplink(encodeUplink(call))).toEqual(call);
      }),
    );
    const long: UplinkCall = { ...METER_CALL, payload: '{"x":"ä"}'.repeat(100_000) };
    expect(decodeUplink(encodeUplink(long))).toEqual(long);
  });

  it('keeps what it returned when more is encoded', () => {
    const kept = Object.values(UPLINKS).map((message) => ({ message, bytes: encodeUplink(message) }));
    for (let index = 0; index < 2000; index += 1) encodeUplink(METER_CALL);
    for (const { message, bytes } of kept) expect(decodeUplink(bytes)).toEqual(message);
  });

  it('cuts times to whole milliseconds and never below zero', () => {
    const decoded = decodeUplink(encodeUplink({ ...METER_CALL, budgetMs: 12.9, receivedAtMs: 1_767_225_600_123.7 }));
    expect(decoded).toMatchObject({ budgetMs: 12, receivedAtMs: 1_767_225_600_123 });
    expect(decodeUplink(encodeUplink({ ...METER_CALL, budgetMs: -5 }))).toMatchObject({ budgetMs: 0 });
  });

  it('refuses to encode what could not be read', () => {
    expect(() => encodeUplink({ ...METER_CALL, budgetMs: Number.NaN })).toThrow(WireError);
    expect(() => encodeUplink({ ...METER_CALL, deviations: ['a\nb'] })).toThrow(WireError);
    expect(() => encodeUplink({ ...METER_CALL, deviations: [''] })).toThrow(WireError);
  });
});

describe('another version of the envelope', () => {
  it('is read when it only has more places at its end', () => {
    for (const [name, message] of Object.entries(UPLINKS)) {
      expect(decodeUplink(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
    }
    for (const [name, message] of Object.entries(DOWNLINKS)) {
      expect(decodeDownlink(withTrailing(golden(name), 'new', 7, null))).toEqual(message);
    }
  });

  it('is refused when it is newer, whatever it looks like', () => {
    for (const version of [2, 3, 127]) {
      expect(refusal(decodeUplink, pack([version, { any: ['shape'] }]))).toBe('newer-version');
      expect(refusal(decodeDownlink, pack([version]))).toBe('newer-version');
      expect(refusal(decodeUplink, pack([version, ...Array.from({ length: 40 }, () => 1)]))).toBe('newer-version');
    }
  });
});

describe('bytes that are no envelope', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['an empty array', pack([])],
    ['a version only', pack([1])],
    ['version 0', pack([0, 2])],
    ['a version that is no number', pack(['1', 2])],
    ['a map', pack({ v: 1 })],
    ['text', Buffer.from('{"v":1}')],
    ['an unknown kind', pack([1, 99, 'default', 'CP1', 'e', 's', 1, 1])],
    ['an array that announces four billion places', Buffer.from('dd01ffffffff', 'hex')],
    ['a string that announces four gigabytes', Buffer.from('9201dbffffffff', 'hex')],
    ['a nested array', pack([1, 2, ['default']])],
    ['a nested map', pack([1, 2, { a: 1 }])],
    ['an extension', Buffer.from('9201c70501ffffffffff', 'hex')],
    ['the byte that is never used', Buffer.from('9201c1', 'hex')],
  ])('are refused: %s', (_what, bytes) => {
    expect(refusal(decodeUplink, bytes)).toBe('malformed');
    expect(refusal(decodeDownlink, bytes)).toBe('malformed');
    expect(refusal(decodeOwner, bytes)).toBe('malformed');
    expect(refusal(decodeSessionsQuestion, bytes)).toBe('malformed');
    expect(refusal(decodeSessionsPage, bytes)).toBe('malformed');
    expect(refusal(decodeCommandAsk, bytes)).toBe('malformed');
  });

  it('are refused when they announce more entries than there are', () => {
    expect(refusal(decodeSessionsQuestion, pack([1, 34, 0, 2, 5]))).toBe('malformed');
    expect(refusal(decodeSessionsQuestion, pack([1, 34, 0, 1, 70_000]))).toBe('malformed');
    expect(refusal(decodeSessionsPage, pack([1, 35, 'e', null, 1, 'default', 'CP1', 's', 1]))).toBe('malformed');
    expect(refusal(decodeSessionsPage, pack([1, 35, 'e', null, 1, 'default', 'CP1', 's', 1, 5]))).toBe('accepted');
  });

  it('are refused when an uplink comes where a downlink is expected, and the other way round', () => {
    for (const name of Object.keys(UPLINKS)) expect(refusal(decodeDownlink, golden(name))).toBe('malformed');
    for (const name of Object.keys(DOWNLINKS)) expect(refusal(decodeUplink, golden(name))).toBe('malformed');
    for (const name of Object.keys(ANNOUNCEMENTS)) expect(refusal(decodeDownlink, golden(name))).toBe('malformed');
    for (const name of Object.keys(DOWNLINKS)) expect(refusal(decodeOwner, golden(name))).toBe('malformed');
    for (const name of Object.keys(UPLINKS)) expect(refusal(decodeCommandAsk, golden(name))).toBe('malformed');
    for (const name of Object.keys(ASKS)) expect(refusal(decodeUplink, golden(name))).toBe('malformed');
  });

  it('are refused at every point they are cut, and with anything behind', () => {
    for (const name of Object.keys(UPLINKS)) {
      const bytes = golden(name);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(refusal(decodeUplink, bytes.subarray(0, length)), `${name} cut at ${length}`).toBe('malformed');
      }
      expect(refusal(decodeUplink, Buffer.concat([bytes, Buffer.from([0])]))).toBe('malformed');
    }
  });

  it.each([
    ['tenant', 2, 'a.b'],
    ['tenant', 2, 5],
    ['chargerId', 3, 'a/b'],
    ['chargerId', 3, null],
    ['edgeId', 4, 'a.b'],
    ['sessionId', 5, ''],
    ['OCPP version', 6, 4],
    ['seq', 7, -1],
    ['seq', 7, 1.5],
    ['seq', 7, '1'],
    ['messageId', 8, 5],
    ['action', 9, null],
    ['payload', 10, false],
    ['receivedAtMs', 11, Number.NaN],
    ['receivedAtMs', 11, Number.POSITIVE_INFINITY],
    ['budgetMs', 12, null],
    ['send', 13, 0],
    ['violation code', 14, 5],
    ['deviations', 16, null],
    ['age', 17, -1],
    ['age', 17, '5'],
  ])('are refused when a call has a wrong %s (place %d: %j)', (_name, place, value) => {
    const fields = callFields();
    fields[place] = value;
    expect(refusal(decodeUplink, pack(fields))).toBe('malformed');
  });

  it.each([
    ['partition', 2, -1],
    ['partition', 2, 65_536],
    ['epoch', 3, 0],
    ['epoch', 3, '7'],
    ['sessionId', 4, 'a b'],
    ['seq', 5, null],
    ['outcome', 6, 9],
    ['payload', 7, 1],
  ])('are refused when a reply has a wrong %s (place %d: %j)', (_name, place, value) => {
    const fields: unknown[] = [1, 17, 255, 7, 's', 42, 1, '{}', ''];
    expect(refusal(decodeDownlink, pack(fields))).toBe('accepted');
    fields[place] = value;
    expect(refusal(decodeDownlink, pack(fields))).toBe('malformed');
  });

  it.each([
    ['tenant', 2, 'a.b'],
    ['charger', 3, 'a/b'],
    ['commandId', 4, 5],
    ['waitMs', 5, -1],
    ['action', 6, null],
    ['payload', 7, 1],
    ['timeoutMs', 8, 1.5],
    ['ttlMs', 9, null],
    ['priority', 10, '5'],
    ['coalesceKey', 11, 5],
    ['requestedBy', 12, false],
    ['requestedAtMs', 13, Number.NaN],
    ['waitsWhileAway', 14, 1],
    ['repeated', 15, null],
  ])('are refused when a command has a wrong %s (place %d: %j)', (_name, place, value) => {
    const fields: unknown[] = [1, 36, 'default', 'CP1', 'c1', 0, 'Reset', '{}', 5, 0, 5, null, null, 5, false, false];
    expect(refusal(decodeCommandAsk, pack(fields))).toBe('accepted');
    expect(refusal(decodeCommandAsk, pack(fields.with(place, value)))).toBe('malformed');
  });

  it('are refused when a session opens with a count or with a profile above 3', () => {
    const fields: unknown[] = [1, 1, 'default', 'CP1', 'e', 's', 1, 0, 5, '::1', 3];
    expect(refusal(decodeUplink, pack(fields))).toBe('accepted');
    expect(refusal(decodeUplink, pack(fields.with(7, 1)))).toBe('malformed');
    expect(refusal(decodeUplink, pack(fields.with(10, 4)))).toBe('malformed');
  });

  it('never end in anything but a WireError, over 60,000 random and mutated messages', () => {
    const random = createSeededRandom(2026);
    const pick = (limit: number): number => Math.floor(random.next() * limit);
    const seeds = [...Object.keys(UPLINKS), ...Object.keys(DOWNLINKS), ...Object.keys(ASKS)].map(golden);
    const tally: Record<string, number> = {};
    for (let round = 0; round < 60_000; round += 1) {
      const base = seeds[pick(seeds.length)] ?? Buffer.alloc(0);
      const bytes = round % 4 === 0 ? Buffer.from(random.bytes(pick(120))) : Buffer.from(base);
      if (round % 4 === 0 && bytes.length > 2 && random.next() < 0.7) bytes.set([0x90 + pick(16), 1, pick(20)]);
      const changes = 1 + pick(4);
      for (let change = 0; change < changes && bytes.length > 0 && round % 4 !== 0; change += 1) {
        bytes[random.next() < 0.3 ? pick(Math.min(12, bytes.length)) : pick(bytes.length)] = pick(256);
      }
      const up = refusal(decodeUplink, bytes);
      const down = refusal(decodeDownlink, bytes);
      const ask = refusal(decodeCommandAsk, bytes);
      const ends = [up, down, ask];
      if (!ends.every((end) => KNOWN.includes(end))) expect.fail(`${ends.join(', ')}: ${bytes.toString('hex')}`);
      tally[up] = (tally[up] ?? 0) + 1;
    }
    // The fuzzer must reach all of them, or it tests nothing.
    for (const code of KNOWN) expect(tally[code]).toBeGreaterThan(100);
    // And nothing it did may linger.
    for (const [name, message] of Object.entries(UPLINKS)) expect(decodeUplink(golden(name))).toEqual<Uplink>(message);
    for (const [name, message] of Object.entries(DOWNLINKS))
      expect(decodeDownlink(golden(name))).toEqual<Downlink>(message);
  });
});

function callFields(): unknown[] {
  return [1, 2, 'default', 'CP1', 'e', 's', 1, 1, 'm', 'Heartbeat', '{}', 5, 5, false, null, null, ''];
}

/** The envelope with more places: the header of its array is written anew. */
function withTrailing(bytes: Buffer, ...extra: readonly unknown[]): Uint8Array {
  const wide = bytes[0] === 0xdc;
  const count = (wide ? bytes.readUInt16BE(1) : (bytes[0] ?? 0) & 15) + extra.length;
  const header = Buffer.from([0xdc, count >> 8, count & 255]);
  return Buffer.concat([header, bytes.subarray(wide ? 3 : 1), ...extra.map((value) => pack(value))]);
}
