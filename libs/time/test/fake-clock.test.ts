import { describe, expect, it } from 'vitest';
import { createFakeClock, createSeededRandom, FAKE_CLOCK_START_MS } from '../src/index.ts';

describe('the fake clock', () => {
  it('stands still until it is advanced', () => {
    const clock = createFakeClock();
    expect(clock.nowMs()).toBe(FAKE_CLOCK_START_MS);
    expect(clock.monotonicMs()).toBe(0);
    clock.advance(1500);
    expect(clock.nowMs()).toBe(FAKE_CLOCK_START_MS + 1500);
    expect(clock.monotonicMs()).toBe(1500);
  });

  it('fires timers in order of due time, and equal times in order of creation', () => {
    const clock = createFakeClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push('b'));
    clock.after(10, () => fired.push('a'));
    clock.after(20, () => fired.push('c'));
    clock.after(21, () => fired.push('late'));
    clock.advance(20);
    expect(fired).toEqual(['a', 'b', 'c']);
  });

  it('fires timers created by timers in the same advance, at the time they fall due', () => {
    const clock = createFakeClock(0);
    const fired: number[] = [];
    clock.after(10, () => {
      clock.after(5, () => fired.push(clock.monotonicMs()));
      clock.after(0, () => fired.push(clock.monotonicMs()));
      clock.after(500, () => fired.push(clock.monotonicMs()));
    });
    clock.advance(100);
    expect(fired).toEqual([10, 15]);
    expect(clock.nextTimerInMs()).toBe(410);
    expect(clock.monotonicMs()).toBe(100);
  });

  it('repeats an interval until it is cancelled, also from within', () => {
    const clock = createFakeClock();
    let count = 0;
    const cancel = clock.every(10, () => {
      count += 1;
      if (count === 3) cancel();
    });
    clock.advance(1000);
    expect(count).toBe(3);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('does not fire a cancelled timer, and cancelling twice or late does nothing', () => {
    const clock = createFakeClock();
    let fired = 0;
    const cancel = clock.after(10, () => (fired += 1));
    const other = clock.after(10, () => (fired += 10));
    cancel();
    cancel();
    expect(clock.pendingTimers()).toBe(1);
    clock.advance(10);
    other();
    expect(fired).toBe(10);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('passes on what a timer throws and keeps the other timers', () => {
    const clock = createFakeClock();
    let fired = false;
    clock.after(5, () => {
      throw new Error('broken timer');
    });
    clock.after(6, () => (fired = true));
    expect(() => clock.advance(10)).toThrow('broken timer');
    expect(clock.monotonicMs()).toBe(5);
    clock.advance(5);
    expect(fired).toBe(true);
  });

  it('refuses to be advanced from within a timer, backwards, or by nothing sensible', () => {
    const clock = createFakeClock();
    clock.after(1, () => clock.advance(1));
    expect(() => clock.advance(2)).toThrow('already advancing');
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
    expect(() => clock.after(Number.NaN, () => {})).toThrow(RangeError);
    expect(() => clock.every(0, () => {})).toThrow(RangeError);
  });

  it('lets promise chains run between timers when advanced asynchronously', async () => {
    const clock = createFakeClock();
    const steps: string[] = [];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
    const work = (async (): Promise<void> => {
      await wait(10);
      for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
      steps.push(`first at ${clock.monotonicMs()}`);
      await wait(10);
      steps.push(`second at ${clock.monotonicMs()}`);
    })();
    clock.after(11, () => steps.push('between'));
    await clock.advanceAsync(20);
    await work;
    expect(steps).toEqual(['first at 10', 'between', 'second at 20']);
  });

  it('jumps the wall clock without touching timers or monotonic time', () => {
    const clock = createFakeClock(1000);
    let fired = false;
    clock.after(10, () => (fired = true));
    clock.jumpWallClock(3_600_000);
    expect(clock.nowMs()).toBe(3_601_000);
    expect(clock.monotonicMs()).toBe(0);
    clock.advance(9);
    expect(fired).toBe(false);
  });

  it('keeps order and count under many random sets and cancels', () => {
    const random = createSeededRandom(7);
    const clock = createFakeClock();
    const expected: { at: number; order: number }[] = [];
    const fired: { at: number; order: number }[] = [];
    for (let order = 0; order < 5000; order += 1) {
      const at = Math.floor(random.next() * 1000);
      const cancel = clock.after(at, () => fired.push({ at, order }));
      if (random.next() < 0.7) cancel();
      else expected.push({ at, order });
    }
    expect(clock.pendingTimers()).toBe(expected.length);
    clock.advance(1000);
    expected.sort((a, b) => a.at - b.at || a.order - b.order);
    expect(fired).toEqual(expected);
  });
});
