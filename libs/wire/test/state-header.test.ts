import { createSeededRandom } from '@voltlane/time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStateHeader, encodeStateHeader, type StoredValue, WireError } from '../src/index.ts';

const STATE = {
  registration: 'Accepted',
  vendor: undefined,
  session: { id: 's1', openedAtMs: 1_767_225_600_000 },
  connectors: { '1/1': { status: 'Charging', errorCode: undefined } },
  open: [
    {
      id: '5',
      seen: [
        [0, 3],
        [5, 5],
      ],
    },
  ],
  flags: [true, false, null, -1, 0.5, 2 ** 40],
  bytes: Buffer.from([1, 2, 3]),
};
/** What JSON holds of it: no bytes, and nothing for what is undefined. */
const PLAIN = JSON.parse(JSON.stringify({ ...STATE, bytes: undefined, vendor: 'Vendör ✓ 😀' })) as StoredValue;
/** Header text of PLAIN. */
const GOLDEN =
  '3{"registration":"Accepted","vendor":"Vend\\u00f6r \\u2713 \\ud83d\\ude00","session":{"id":"s1","openedAtMs":1767225600000},' +
  '"connectors":{"1/1":{"status":"Charging"}},"open":[{"id":"5","seen":[[0,3],[5,5]]}],"flags":[true,false,null,-1,0.5,1099511627776]}';
/** Header text of STATE in version 2. */
const GOLDEN_2 =
  '2h6xyZWdpc3RyYXRpb26oQWNjZXB0ZWSmdmVuZG9y1AAAp3Nlc3Npb26ComlkonMxqm9wZW5lZEF0TXPLQnm3baqAAACqY29ubmVjdG9yc4GjMS8xgqZzdGF0dXOoQ2hhcmdpbmepZXJyb3JDb2Rl1AAApG9wZW6RgqJpZKE1pHNlZW6SkgADkgUFpWZsYWdzlsPCwP_LP-AAAAAAAADLQnAAAAAAAAClYnl0ZXPEAwECAw';

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a state header', () => {
  it('has a form that stays, printable in a header, and comes back as it went', () => {
    expect(encodeStateHeader(PLAIN)).toBe(GOLDEN);
    expect(GOLDEN).toMatch(/^[\x20-\x7e]+$/);
    expect(decodeStateHeader(GOLDEN)).toEqual(PLAIN);
  });

  it.each(['1', '2'])('of version %s is read', (version) => {
    const state = decodeStateHeader(version + GOLDEN_2.slice(1));
    expect(state).toEqual(STATE);
    expect(state).toHaveProperty('vendor', undefined);
  });

  it('carries whatever JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), (value) => {
        // JSON has no negative zero.
        const plain = JSON.parse(JSON.stringify(value)) as StoredValue;
        const header = encodeStateHeader(plain);
        expect(header).toMatch(/^[\x20-\x7e]+$/);
        expect(decodeStateHeader(header)).toEqual(plain);
      }),
    );
  });

  it.each([
    ['a Date', new Date(0)],
    ['a Map', new Map([[1, 2]])],
    ['a cycle', cycle()],
    ['too many levels', levels(17)],
    ['a number JSON cannot hold', 1n],
    ['nothing', undefined],
  ])('refuses %s', (_what, value) => {
    expect(code(() => encodeStateHeader(value as StoredValue))).toBe('unencodable');
  });

  it('refuses a newer version', () => {
    for (const version of ['4', '9', 'A', 'Z'])
      expect(code(() => decodeStateHeader(`${version}${GOLDEN.slice(1)}`))).toBe('newer-version');
  });

  it.each([
    '',
    '2',
    '0AA',
    '-AA',
    '2!',
    '2AA AA',
    '2AA==',
    '2wQ',
    '23f____8',
    '1wQ',
    '3',
    '3{',
    '3[]]',
    '3undefined',
    `3${'['.repeat(17)}${']'.repeat(17)}`,
    `3${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('refuses %j', (text) => {
    expect(code(() => decodeStateHeader(text))).toBe('malformed');
  });

  it.each([
    ['3', GOLDEN, 'latin1'],
    ['2', GOLDEN_2, 'base64url'],
  ] as const)(
    'of version %s never ends in anything but a WireError, over 20,000 mutated headers',
    (version, golden, encoding) => {
      const random = createSeededRandom(9);
      const bytes = Buffer.from(golden.slice(1), encoding);
      let accepted = 0;
      for (let round = 0; round < 20_000; round += 1) {
        const mutated = Buffer.from(bytes);
        for (let change = 0; change < 3; change += 1) {
          mutated[Math.floor(random.next() * mutated.length)] = Math.floor(random.next() * 256);
        }
        const cut = mutated.subarray(
          0,
          random.next() < 0.2 ? Math.floor(random.next() * mutated.length) : mutated.length,
        );
        const end = code(() => decodeStateHeader(version + cut.toString(encoding)));
        expect(['accepted', 'malformed']).toContain(end);
        if (end === 'accepted') accepted += 1;
      }
      expect(accepted).toBeGreaterThan(100);
    },
  );
});

function cycle(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

function levels(count: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < count; level += 1) value = [value];
  return value;
}
