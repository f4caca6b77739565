import { describe, expect, it } from 'vitest';
import { createSeededRandom, randomId, sortableId, systemRandom } from '../src/index.ts';

describe('the seeded random', () => {
  it('keeps its sequence for ever, because recorded seeds must stay meaningful', () => {
    const random = createSeededRandom(42);
    const drawn = [random.next(), random.next(), random.next()];
    expect(drawn).toEqual([0.723119058977094, 0.4625584751929802, 0.4598136637583651]);
    expect(Buffer.from(random.bytes(6)).toString('hex')).toBe('128e7f795670');
  });

  it('differs between seeds, also beyond 32 bits', () => {
    const firsts = [0, 1, 2, -1, 2 ** 32, 2 ** 40 + 1].map((seed) => createSeededRandom(seed).next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('spreads evenly over [0, 1)', () => {
    const random = createSeededRandom(3);
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 100_000; index += 1) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      const bucket = Math.floor(value * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

describe('ids', () => {
  it('have the length asked for and are one NATS token', () => {
    expect(randomId(systemRandom, 16)).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
    expect(randomId(systemRandom, 16)).not.toBe(randomId(systemRandom, 16));
    expect(() => randomId(systemRandom, 0)).toThrow(RangeError);
  });

  it('sort by the time they were made', () => {
    const random = createSeededRandom(1);
    const times = [0, 1, 31, 32, 1_767_225_600_000, 1_767_225_600_001, 2 ** 45 - 1];
    const ids = times.map((time) => sortableId(time, random, 8));
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]).toMatch(/^000000000/);
    expect(ids[0]).toHaveLength(17);
    expect(() => sortableId(-1, random, 8)).toThrow(RangeError);
  });
});

describe('the system random', () => {
  it('gives bytes and numbers in range', () => {
    expect(systemRandom.bytes(32)).toHaveLength(32);
    expect(systemRandom.bytes(32)).not.toEqual(systemRandom.bytes(32));
    const value = systemRandom.next();
    expect(value >= 0 && value < 1).toBe(true);
  });
});
