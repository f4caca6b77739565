import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeToken, encodeToken, isChargerId, parseToken, WireError } from '../src/index.ts';

const GOLDEN: readonly (readonly [string, string])[] = [
  ['CP1', 'CP1'],
  ['a_B-9', 'a_B-9'],
  ['.', '%2E'],
  ['*', '%2A'],
  ['>', '%3E'],
  ['%', '%25'],
  ['%2E', '%252E'],
  ['RDAM 123', 'RDAM%20123'],
  ['RDAM|123', 'RDAM%7C123'],
  ['a:b@c=d+e', 'a%3Ab%40c%3Dd%2Be'],
  ['Süd', 'S%C3%BCd'],
  ['😀', '%F0%9F%98%80'],
  ['\uFEFFa', '%EF%BB%BFa'],
];

describe('tokens', () => {
  it.each(GOLDEN)('%j is %s for ever', (text, token) => {
    expect(encodeToken(text)).toBe(token);
    expect(decodeToken(token)).toBe(text);
  });

  it('bring every legal identity through one NATS token and back', () => {
    const awkward = fc.string({
      unit: fc.constantFrom('.', '*', '>', ' ', '%', '2', 'E', '|', ':', 'ä', '😀', 'A', '-', '_'),
    });
    const identities = fc
      .oneof(awkward, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
      .filter(isChargerId);
    fc.assert(
      fc.property(identities, (text) => {
        const token = encodeToken(text);
        expect(token).toMatch(/^[A-Za-z0-9_%-]+$/);
        expect(decodeToken(token)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it('are the only spelling of what they stand for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '2', '4', '1', 'e', 'E', 'C', '3', 'B', 'a', '.') }),
        (token) => {
          const text = parseToken(token);
          expect(text === undefined || encodeToken(text) === token).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each(['', '.', 'a.b', '%', '%2', '%2e', '%41', '%GG', '%FF', '%C3', '%ED%A0%80', 'a b', '*', '>'])(
    '%j is none',
    (token) => {
      expect(parseToken(token)).toBeUndefined();
      expect(() => decodeToken(token)).toThrow(WireError);
    },
  );

  it.each(['', '\ud800'])('%j has none', (text) => {
    expect(() => encodeToken(text)).toThrow(WireError);
  });
});
