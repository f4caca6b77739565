import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { PressureGauge, underPressure } from '../src/pressure.ts';

const LIMITS = { messagesMax: 100, appendMsMax: 200 };

describe('pressure', () => {
  it.each([
    [false, 100, 0, false],
    [false, 101, 0, true],
    [true, 51, 0, true],
    [true, 50, 0, false],
    [false, 6, 201, true],
    [true, 6, 101, true],
    [true, 6, 100, false],
    // A slow disk alone is not helped by fewer boots.
    [false, 5, 5_000, false],
  ])('was %s; %s messages and appends of %s ms: %s', (before, messages, appendMs, after) => {
    expect(underPressure(before, { messages, appendMs }, LIMITS)).toBe(after);
  });

  it('does not flicker around its limit', () => {
    const gauge = new PressureGauge(LIMITS);
    const seen = [90, 110, 90, 110, 60, 90, 40, 90, 110].map((messages) => {
      gauge.sample(messages);
      return gauge.high();
    });
    expect(seen).toEqual([false, true, true, true, true, true, false, false, true]);
  });

  it('rises with slow appends, not with a single one, and falls when there are none any more', () => {
    const gauge = new PressureGauge(LIMITS);
    gauge.appended(3_000);
    gauge.sample(50);
    expect(gauge.high()).toBe(false);
    for (let append = 0; append < 20; append += 1) gauge.appended(3_000);
    gauge.sample(50);
    expect(gauge.high()).toBe(true);
    for (let turn = 0; turn < 60; turn += 1) gauge.sample(50);
    expect(gauge.high()).toBe(false);
  });

  it('is looked at by itself', () => {
    const clock = createFakeClock();
    const gauge = new PressureGauge(LIMITS);
    let messages = 1_000;
    const end = gauge.watch(clock, () => messages);
    clock.advance(100);
    expect(gauge.high()).toBe(true);
    messages = 0;
    clock.advance(100);
    expect(gauge.high()).toBe(false);
    end();
  });
});
