import { createSeededRandom } from '@voltlane/time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStateHeader, encodeStateHeader, WireError } from '../src/index.ts';

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
/** Header text of STATE. */
const GOLDEN =
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
    expect(encodeStateHeader(STATE)).toBe(GOLDEN);
    expect(GOLDEN).toMatch(/^2[A-Za-z0-9_-]+$/);
    expect(decodeStateHeader(GOLDEN)).toEqual(STATE);
    expect(decodeStateHeader(GOLDEN)).toHaveProperty('vendor', undefined);
  });

  it('of version 1 is read', () => {
    expect(decodeStateHeader(`1${GOLDEN.slice(1)}`)).toEqual(STATE);
  });

  it('carries whatever JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        // JSON has no negative zero, and its parser makes __proto__ a plain name; neither is in a state.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(plain).includes('__proto__'));
        expect(decodeStateHeader(encodeStateHeader(plain))).toEqual(plain);
      }),
    );
  });

  it.each([
    ['a Date', new Date(0)],
    ['a Map', new Map([[1, 2]])],
    ['a cycle', cycle()],
    ['too many levels', levels(17)],
  ])('refuses %s', (_what, value) => {
    expect(code(() => encodeStateHeader(value))).toBe('unencodable');
  });

  it('refuses a newer version', () => {
    for (const version of ['3', '9', 'A', 'Z'])
      expect(code(() => decodeStateHeader(`${version}${GOLDEN.slice(1)}`))).toBe('newer-version');
  });

  it.each(['', '2', '0AA', '-AA', '2!', '2AA AA', '2AA==', '2wQ', '23f____8', '1wQ'])('refuses %j', (text) => {
    expect(code(() => decodeStateHeader(text))).toBe('malformed');
  });

  it('never ends in anything but a WireError, over 20,000 mutated headers', () => {
    const random = createSeededRandom(9);
    const bytes = Buffer.from(GOLDEN.slice(1), 'base64url');
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
      const end = code(() => decodeStateHeader(`2${cut.toString('base64url')}`));
      expect(['accepted', 'malformed']).toContain(end);
      if (end === 'accepted') accepted += 1;
    }
    expect(accepted).toBeGreaterThan(100);
    expect(decodeStateHeader(GOLDEN)).toEqual(STATE);
  });
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
