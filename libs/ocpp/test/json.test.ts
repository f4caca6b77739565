import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, JSON_DEPTH_MAX, JsonError, parseJson, stringifyJson } from '../src/index.ts';

const codeOf = (text: string): string => {
  try {
    parseJson(text);
    return 'parsed';
  } catch (error) {
    return error instanceof JsonError ? error.code : `threw ${String(error)}`;
  }
};

describe('parseJson', () => {
  it('keeps the digits of integers outside ±2^53 and leaves the others numbers', () => {
    const text = '{"a":9223372036854775807,"b":-9223372036854775808,"c":[9007199254740991,9007199254740993],"d":12}';
    expect(parseJson(text)).toEqual({
      a: 9223372036854775807n,
      b: -9223372036854775808n,
      c: [9007199254740991, 9007199254740993n],
      d: 12,
    });
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it('leaves digits inside texts alone, whatever is escaped there', () => {
    const text = '{"9223372036854775807":"9223372036854775807","x":"\\\\\\"9223372036854775807\\\\","y":1}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('reads long fractions and exponents as numbers', () => {
    expect(parseJson('[0.12345678901234567890,1e3,12345678901234567.5,1E-7]')).toEqual([
      0.12345678901234568, 1000, 12345678901234568, 1e-7,
    ]);
  });

  it.each([
    ['1e999', 'number-out-of-range'],
    ['[-1E999]', 'number-out-of-range'],
    [`[${'9'.repeat(129)}]`, 'number-out-of-range'],
    [`[${'9'.repeat(128)}]`, 'parsed'],
    ['', 'malformed'],
    ['{"a":}', 'malformed'],
    ['{"a":1', 'malformed'],
    ['"abc', 'malformed'],
    ['"abc\\"', 'malformed'],
    ['nul', 'malformed'],
    ['9223372036854775807x', 'malformed'],
    ['['.repeat(JSON_DEPTH_MAX) + ']'.repeat(JSON_DEPTH_MAX), 'parsed'],
    ['['.repeat(JSON_DEPTH_MAX + 1) + ']'.repeat(JSON_DEPTH_MAX + 1), 'too-deep'],
    ['{"a":'.repeat(200_000), 'malformed'],
    [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'too-deep'],
    [`"${'['.repeat(1000)}"`, 'parsed'],
  ])('of %.30s gives %s', (text, outcome) => {
    expect(codeOf(text)).toBe(outcome);
  });

  it('treats __proto__ as an ordinary key and lets the last of equal keys win', () => {
    const value = parseJson('{"__proto__":{"polluted":9223372036854775807},"a":1,"a":2}');
    expect(Object.keys(isJsonObject(value) ? value : {})).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(stringifyJson(value)).toBe('{"__proto__":{"polluted":9223372036854775807},"a":2}');
  });

  it('agrees with JSON.parse on everything, bigint aside', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const asNumber = JSON.stringify(parseJson(text), (_key, item: unknown) =>
          typeof item === 'bigint' ? Number(item) : item,
        );
        expect(asNumber).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('refuses what JSON.parse refuses and nothing else', () => {
    const pieces = fc.array(
      fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '"a"', 'null', '\\', ' ', '\0', 'e-5'),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        let expected = 'parsed';
        try {
          JSON.parse(text);
        } catch {
          expected = 'malformed';
        }
        expect(codeOf(text)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('brings back any integer digit by digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 400n), max: 2n ** 400n }), (integer) => {
        const text = `{"a":[${integer}]}`;
        expect(stringifyJson(parseJson(text))).toBe(text);
      }),
    );
  });
});

describe('stringifyJson', () => {
  it('throws on what has no JSON form and on cycles', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => stringifyJson(cycle)).toThrow(TypeError);
    expect(() => stringifyJson(undefined)).toThrow(TypeError);
  });
});
