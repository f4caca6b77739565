import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { TimingWheel } from '../../src/generator/timing-wheel.ts';

function advanced(wheel: TimingWheel, nowMs: number): readonly (readonly [number, number])[] {
  const fired: [number, number][] = [];
  wheel.advance(nowMs, (timer, dueMs) => fired.push([timer, dueMs]));
  return fired;
}

describe('a timing wheel', () => {
  it('fires each timer once, at its time and not before', () => {
    const wheel = new TimingWheel(3, 1000);
    wheel.set(0, 1010);
    wheel.set(1, 1005.2);
    expect(advanced(wheel, 1005.9)).toEqual([]);
    expect(advanced(wheel, 1006)).toEqual([[1, 1006]]);
    expect(advanced(wheel, 1020)).toEqual([[0, 1010]]);
    expect(advanced(wheel, 5000)).toEqual([]);
  });

  it('keeps what is further ahead than one round', () => {
    const wheel = new TimingWheel(1, 0);
    wheel.set(0, 100_000);
    expect(advanced(wheel, 16_400)).toEqual([]);
    expect(advanced(wheel, 99_999)).toEqual([]);
    expect(advanced(wheel, 100_000)).toEqual([[0, 100_000]]);
  });

  it('fires with its own due time what was set for the past', () => {
    const wheel = new TimingWheel(1, 500);
    wheel.set(0, 300);
    expect(advanced(wheel, 502)).toEqual([[0, 300]]);
  });

  it('moves and cancels from any place in a slot', () => {
    const wheel = new TimingWheel(4, 0);
    for (const timer of [0, 1, 2, 3]) wheel.set(timer, 10);
    wheel.cancel(2);
    wheel.set(1, 20);
    wheel.cancel(2);
    expect(wheel.armed).toBe(3);
    expect(
      advanced(wheel, 10)
        .map(([timer]) => timer)
        .toSorted(),
    ).toEqual([0, 3]);
    expect(advanced(wheel, 20)).toEqual([[1, 20]]);
  });

  it('lets a timer set another one, and itself, while it fires', () => {
    const wheel = new TimingWheel(2, 0);
    const fired: number[] = [];
    wheel.set(0, 5);
    wheel.advance(30, (timer, dueMs) => {
      fired.push(timer);
      if (fired.length < 3) wheel.set(timer, dueMs + 5);
      else if (timer === 0) wheel.set(1, dueMs);
    });
    expect(fired).toEqual([0, 0, 0, 1]);
  });

  it('says when the next one is due, within the horizon', () => {
    const wheel = new TimingWheel(2, 0);
    wheel.set(0, 16_384 + 7);
    expect(wheel.nextMs(50)).toBe(50);
    wheel.set(1, 12);
    expect(wheel.nextMs(50)).toBe(12);
  });

  it('loses and doubles none of many', () => {
    const random = createSeededRandom(7);
    const timers = 2_000;
    const wheel = new TimingWheel(timers, 0);
    const due = Array.from({ length: timers }, () => Math.ceil(random.next() * 60_000));
    due.forEach((dueMs, timer) => wheel.set(timer, dueMs));
    const fired = new Map<number, number>();
    for (let nowMs = 0; nowMs <= 61_000; nowMs += 1 + random.next() * 40) {
      wheel.advance(nowMs, (timer, dueMs) => {
        expect(fired.has(timer)).toBe(false);
        expect(dueMs).toBeLessThanOrEqual(nowMs);
        fired.set(timer, dueMs);
      });
    }
    expect([...fired].toSorted(([a], [b]) => a - b).map(([, dueMs]) => dueMs)).toEqual(due);
  });
});
