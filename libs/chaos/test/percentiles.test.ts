import { describe, expect, it } from 'vitest';
import { percentilesOf } from '../src/percentiles.ts';

describe('percentiles', () => {
  it('are values that were measured, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(values)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  });

  it('sort numbers as numbers', () => {
    expect(percentilesOf([9, 10, 100])?.max).toBe(100);
    expect(percentilesOf([9, 10, 100])?.p50).toBe(10);
  });

  it('of nothing are nothing', () => {
    expect(percentilesOf([])).toBeUndefined();
  });
});
