import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { RateLimit } from '../src/rate-limit.ts';

describe('a rate limit', () => {
  it('lets a burst through, then the rate, and says when to come back', () => {
    const clock = createFakeClock();
    const limit = new RateLimit({ perSecond: 2, burstMax: 3 }, clock);
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
    clock.advance(500);
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 1]);
    clock.advance(60_000);
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
  });

  it('keeps names apart and tells without taking', () => {
    const limit = new RateLimit({ perSecond: 0.1, burstMax: 1 }, createFakeClock());
    expect([limit.waitS('a'), limit.take('a'), limit.waitS('a'), limit.take('a')]).toEqual([0, 0, 10, 10]);
    expect(limit.take('b')).toBe(0);
  });

  it('keeps a bounded number of names, those used last', () => {
    const limit = new RateLimit({ perSecond: 0.001, burstMax: 1 }, createFakeClock());
    limit.take('first');
    for (let index = 0; index < 10_000; index += 1) {
      limit.take(`name ${index}`);
      if (index === 5_000) expect(limit.take('first')).toBeGreaterThan(0);
    }
    expect(limit.take('first')).toBeGreaterThan(0);
    expect(limit.take('name 0')).toBe(0);
  });
});
