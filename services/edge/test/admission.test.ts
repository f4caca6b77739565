import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { createRetryHint, createTokenBucket } from '../src/admission.ts';

describe('the token bucket', () => {
  it('admits the burst at once, then the rate, and never more than the burst after a quiet time', () => {
    const bucket = createTokenBucket({ upgradesPerSecond: 100, upgradesBurstMax: 50 }, 0);
    const admitted = (nowMs: number): number => Array.from({ length: 1_000 }).filter(() => bucket.take(nowMs)).length;
    expect(admitted(0)).toBe(50);
    expect(admitted(0)).toBe(0);
    expect(admitted(200)).toBe(20);
    expect(admitted(60_000)).toBe(50);
  });
});

describe('the time a refused charger is told to wait', () => {
  const hints = (refusals: number, upgradesPerSecond: number): number[] => {
    const hint = createRetryHint({ upgradesPerSecond }, createSeededRandom(1), 0);
    return Array.from({ length: refusals }, () => hint.nextS(0));
  };
  const perSecond = (values: readonly number[]): number[] => {
    const counts = new Map<number, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts.values()];
  };

  it('spreads a small wave over 20 seconds, none of them crowded', () => {
    const values = hints(2_000, 2_000);
    expect(Math.min(...values)).toBe(5);
    expect(new Set(values).size).toBeGreaterThanOrEqual(20);
    expect(Math.max(...perSecond(values))).toBeLessThan((2_000 / 20) * 1.5);
  });

  it('spreads a wave wide enough to let all of it in at the rate', () => {
    const values = hints(20_000, 100);
    // 200 s of work; those that were refused late are told the widest window.
    expect(Math.max(...values)).toBeGreaterThan(150);
    expect(Math.max(...values)).toBeLessThanOrEqual(305);
    // The early ones drew from narrower windows, so the first seconds hold more than their share, but no wall.
    expect(Math.max(...perSecond(values))).toBeLessThan(20_000 / 20);
  });

  it('narrows again as the wave is served', () => {
    const hint = createRetryHint({ upgradesPerSecond: 100 }, createSeededRandom(2), 0);
    for (let refused = 0; refused < 10_000; refused += 1) hint.nextS(0);
    const later = Array.from({ length: 500 }, () => hint.nextS(120_000));
    expect(Math.max(...later)).toBeLessThanOrEqual(5 + 25);
  });
});
