import { describe, expect, it } from 'vitest';
import { backoffMs, createSeededRandom } from '../src/index.ts';

const STEADY = { minMs: 100, maxMs: 5000, factor: 2, jitter: 0 };

describe('backoffMs', () => {
  it('grows by the factor up to the cap', () => {
    const random = createSeededRandom(1);
    expect([0, 1, 2, 3, 6, 60, 5000].map((attempt) => backoffMs(attempt, STEADY, random))).toEqual([
      100, 200, 400, 800, 5000, 5000, 5000,
    ]);
  });

  it('takes off up to the jitter and never leaves its bounds', () => {
    const random = createSeededRandom(2);
    const waits: number[] = [];
    for (let index = 0; index < 1000; index += 1) {
      waits.push(backoffMs(4, { ...STEADY, jitter: 0.5 }, random));
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(800);
    expect(Math.min(...waits)).toBeLessThan(850);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1600);
    expect(Math.max(...waits)).toBeGreaterThan(1550);
    expect(backoffMs(0, { ...STEADY, jitter: 1 }, random)).toBe(100);
  });

  it('treats a negative attempt as the first and survives a zero minimum', () => {
    const random = createSeededRandom(3);
    expect(backoffMs(-5, STEADY, random)).toBe(100);
    expect(backoffMs(1e6, { ...STEADY, minMs: 0 }, random)).toBe(5000);
  });
});
