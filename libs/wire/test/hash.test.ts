import { describe, expect, it } from 'vitest';
import { murmur3 } from '../src/hash.ts';
import { fingerprint } from '../src/index.ts';

describe('murmur3', () => {
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('of %j with seed %d agrees with the published value', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
  });
});

describe('a fingerprint', () => {
  it('stays the same for ever, because it is stored', () => {
    expect(
      ['', 'a', 'b', 'revenge', 'revenue', '{"meterStart":9223372036854775807}', '充电桩'].map(fingerprint),
    ).toEqual([
      5321809267857509, 3110887794817385, 5008419282681573, 4777336581455593, 6282192133371565, 4040545019378065,
      899427017108047,
    ]);
  });

  it('is a whole number of at most 53 bits that uses them all', () => {
    let seen = 0n;
    for (let index = 0; index < 1000; index += 1) {
      const value = fingerprint(`text ${index}`);
      expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      seen |= BigInt(value);
    }
    expect(seen).toBe(2n ** 53n - 1n);
  });

  it('tells a million near-equal texts apart', () => {
    const seen = new Set<number>();
    for (let index = 0; index < 1_000_000; index += 1) seen.add(fingerprint(`{"connectorId":1,"meterStart":${index}}`));
    expect(seen.size).toBe(1_000_000);
  });

  it('changes about half of its bits with one character', () => {
    let flipped = 0;
    for (let index = 0; index < 1000; index += 1) {
      const difference = BigInt(fingerprint(`payload ${index} a`)) ^ BigInt(fingerprint(`payload ${index} b`));
      flipped += difference.toString(2).replaceAll('0', '').length;
    }
    expect(Math.abs(flipped / 1000 - 26.5)).toBeLessThan(1);
  });
});
