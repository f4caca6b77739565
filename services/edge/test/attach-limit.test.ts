import { expect, it } from 'vitest';
import { AttachLimit } from '../src/attach-limit.ts';

it('falls once for all that were on their way, down to eight, and not below', () => {
  const limit = new AttachLimit(32);
  limit.arrived(0, 151, true);
  expect(limit.now).toBe(24);
  limit.arrived(100, 300, true);
  expect(limit.now).toBe(24);
  limit.arrived(151, 302, true);
  expect(limit.now).toBe(18);
  for (let atMs = 1_000; atMs < 9_000; atMs += 300) limit.arrived(atMs, atMs + 250, true);
  expect(limit.now).toBe(8);
});

it('rises by one for each round of quick ones, as long as somebody waits, up to where it began', () => {
  const limit = new AttachLimit(12);
  for (let atMs = 0; atMs < 3_000; atMs += 300) limit.arrived(atMs, atMs + 250, true);
  expect(limit.now).toBe(8);
  for (let n = 0; n < 100; n += 1) limit.arrived(5_000, 5_150, false);
  expect(limit.now).toBe(8);
  for (let n = 0; n < 9; n += 1) limit.arrived(5_000, 5_150, true);
  expect(limit.now).toBe(9);
  for (let n = 0; n < 200; n += 1) limit.arrived(5_000, 5_150, true);
  expect(limit.now).toBe(12);
});

it('never passes what is set, be it one', () => {
  const limit = new AttachLimit(1);
  limit.arrived(0, 1_000, true);
  expect(limit.now).toBe(1);
  for (let n = 0; n < 10; n += 1) limit.arrived(2_000, 2_001, true);
  expect(limit.now).toBe(1);
});

/** Workers that take `ratePerS` and chargers that never end: how long attaching takes when it has settled, ms. */
function settled(ratePerS: number, fixedMs: number): { readonly tookMs: number; readonly limit: number } {
  const limit = new AttachLimit(32);
  const edges = 6;
  let nowMs = 0;
  let tookMs = 0;
  for (let round = 0; round < 400; round += 1) {
    const underWay = limit.now * edges;
    tookMs = Math.max(fixedMs, (underWay / ratePerS) * 1_000);
    for (let n = 0; n < limit.now; n += 1) limit.arrived(nowMs, nowMs + tookMs, true);
    nowMs += tookMs;
  }
  return { tookMs, limit: limit.now };
}

it('finds the number that keeps attaching near 150 ms without leaving the workers idle', () => {
  const busy = settled(700, 5);
  expect(busy.tookMs).toBeGreaterThan(90);
  expect(busy.tookMs).toBeLessThan(190);
  expect(settled(100_000, 5)).toEqual({ tookMs: 5, limit: 32 });
  // More than the workers can take with the fewest there may be.
  expect(settled(50, 5).limit).toBe(8);
});
