import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/index.ts';

describe('the system clock', () => {
  it('tells wall and monotonic time', () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
    const before = systemClock.monotonicMs();
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });

  it('fires once after a delay, repeatedly at an interval, and not when cancelled', async () => {
    const fired: string[] = [];
    systemClock.after(1, () => fired.push('cancelled'))();
    // Holds the process, which the clock's own timers do not.
    const hold = setTimeout(() => {}, 10_000);
    await new Promise<void>((resolve) => {
      const cancel = systemClock.every(1, () => {
        fired.push('tick');
        if (fired.length < 2) return;
        cancel();
        systemClock.after(1, resolve);
      });
    });
    clearTimeout(hold);
    expect(fired).toEqual(['tick', 'tick']);
  });

  it('does not keep the process alive', () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const cancels = [
      systemClock.after(60_000, () => {}),
      systemClock.every(60_000, () => {}),
      systemClock.after(3e9, () => {}),
    ];
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    for (const cancel of cancels) cancel();
    expect(after).toBe(before);
  });

  it('does not fire at once when the delay exceeds what Node takes', async () => {
    let fired = false;
    const cancel = systemClock.after(2 ** 31, () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    cancel();
    expect(fired).toBe(false);
  });

  it('refuses delays and intervals that are no times', () => {
    expect(() => systemClock.after(Number.NaN, () => {})).toThrow(RangeError);
    expect(() => systemClock.every(0, () => {})).toThrow(RangeError);
    expect(() => systemClock.every(2 ** 31, () => {})).toThrow(RangeError);
  });
});
