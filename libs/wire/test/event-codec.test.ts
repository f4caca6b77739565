import { describe, expect, it } from 'vitest';
import { decodeEventRecord, type EventRecordDraft, encodeEventRecord, WireError } from '../src/index.ts';

const DRAFT: EventRecordDraft = {
  v: 1,
  tenant: 'acme',
  charger: 'RDAM 1',
  recordedAt: '2026-01-01T00:00:01.000Z',
  session: 's1',
  events: [
    {
      id: 'e1',
      kind: 'transaction.started',
      at: '2026-01-01T00:00:00.000Z',
      data: { idToken: 'ABC "quoted" \u2028', meterStartWh: 5 },
    },
  ],
  source: {
    version: '1.6',
    action: 'StartTransaction',
    messageId: '42"',
    receivedAt: '2026-01-01T00:00:00.500Z',
    deviations: ['trimmed'],
  },
};
const PAYLOAD = '{ "meterStart" : 9223372036854775807,"x":1.10, "u":"\\u00e4" }';

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('an event record', () => {
  it('embeds the payload exactly as it was written and is valid JSON', () => {
    const text = Buffer.from(encodeEventRecord(DRAFT, PAYLOAD)).toString('utf8');
    expect(text).toBe(
      '{"v":1,"tenant":"acme","charger":"RDAM 1","recordedAt":"2026-01-01T00:00:01.000Z","session":"s1","events":[' +
        '{"id":"e1","kind":"transaction.started","at":"2026-01-01T00:00:00.000Z","data":{"idToken":"ABC \\"quoted\\" \u2028","meterStartWh":5}}],' +
        '"source":{"version":"1.6","action":"StartTransaction","messageId":"42\\"","receivedAt":"2026-01-01T00:00:00.500Z",' +
        `"deviations":["trimmed"],"payload":${PAYLOAD}}}`,
    );
    expect(JSON.parse(text)).toMatchObject({ source: { payload: { x: 1.1, u: 'ä' } } });
  });

  it('comes back as it went, with integers beyond 2^53 as bigint', () => {
    expect(decodeEventRecord(encodeEventRecord(DRAFT, PAYLOAD))).toEqual({
      ...DRAFT,
      source: { ...DRAFT.source, payload: { meterStart: 9_223_372_036_854_775_807n, x: 1.1, u: 'ä' } },
    });
  });

  it('needs no source', () => {
    const { source: _source, ...draft } = DRAFT;
    expect(decodeEventRecord(encodeEventRecord(draft))).toEqual(draft);
  });

  it('writes a bigint in the data of an event as its digits, and leaves texts that look alike alone', () => {
    const data = { big: -9_223_372_036_854_775_808n, text: '\u0000bigint:0', long: '9223372036854775807' };
    const draft: EventRecordDraft = { ...DRAFT, events: [{ id: 'e', kind: 'meter.values', at: 't', data }] };
    const bytes = encodeEventRecord(draft, '{}');
    expect(Buffer.from(bytes).toString()).toContain('"big":-9223372036854775808,');
    expect(decodeEventRecord(bytes).events[0]?.data).toEqual(data);
  });

  it('keeps long fractions and exponents as numbers', () => {
    const bytes = encodeEventRecord(DRAFT, '{"a":0.1234567890123456789,"b":1e30,"c":10000000000000000000.0}');
    expect(decodeEventRecord(bytes).source?.payload).toEqual({ a: 0.123_456_789_012_345_68, b: 1e30, c: 1e19 });
  });

  it('is read without the events of kinds it does not know', () => {
    const text = Buffer.from(encodeEventRecord(DRAFT, '{}')).toString().replace('transaction.started', 'something.new');
    expect(decodeEventRecord(Buffer.from(text)).events).toEqual([]);
  });

  it.each([undefined, '', ' ', '[]', '1', '{"a":1', 'null'])('refuses %j as the payload of a source', (payload) => {
    expect(code(() => encodeEventRecord(DRAFT, payload))).toBe('unencodable');
  });

  it('refuses a payload without a source', () => {
    const { source: _source, ...draft } = DRAFT;
    expect(code(() => encodeEventRecord(draft, '{}'))).toBe('unencodable');
  });

  it('refuses to read a newer version', () => {
    expect(code(() => decodeEventRecord(Buffer.from('{"v":2}')))).toBe('newer-version');
  });

  it.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"v":"1"}',
    '{"v":1}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c"}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c","events":[null]}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c","events":[{"kind":"meter.values","data":[]}]}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c","events":[{"kind":"meter.values","data":{}}]}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c","events":[],"session":1}',
    '{"v":1,"tenant":"a","charger":"b","recordedAt":"c","events":[],"source":{}}',
    '{"v":1,"tenant":1,"charger":"b","recordedAt":"c","events":[]}',
  ])('refuses to read %j', (text) => {
    expect(code(() => decodeEventRecord(Buffer.from(text)))).toBe('malformed');
  });

  it('refuses to read what is not UTF-8', () => {
    expect(code(() => decodeEventRecord(Buffer.from([0x7b, 0xff, 0x7d])))).toBe('malformed');
  });
});
