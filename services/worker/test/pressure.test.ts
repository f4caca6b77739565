import { createFakeClock, type FakeClock } from '@voltlane/time';
import { beforeEach, describe, expect, it } from 'vitest';
import { PressureGauge, underPressure } from '../src/pressure.ts';

const LIMITS = { messagesMax: 100, appendMsMax: 200 };

let clock: FakeClock;
let messages: number;
let gauge: PressureGauge;

beforeEach(() => {
  clock = createFakeClock();
  messages = 0;
  gauge = new PressureGauge(LIMITS, clock, () => messages);
});

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
    const seen = [90, 110, 90, 110, 60, 90, 40, 90, 110].map((waiting) => {
      messages = waiting;
      clock.advance(100);
      return gauge.high();
    });
    expect(seen).toEqual([false, true, true, true, true, true, false, false, true]);
  });

  it('rises with slow appends, not with a single one, and falls when there are none any more', () => {
    messages = 50;
    gauge.appended(3_000);
    clock.advance(100);
    expect(gauge.high()).toBe(false);
    for (let append = 0; append < 20; append += 1) gauge.appended(3_000);
    clock.advance(100);
    expect(gauge.high()).toBe(true);
    clock.advance(6_000);
    expect(gauge.high()).toBe(false);
  });

  it('fades with the time without an append, whether somebody asks meanwhile or not', () => {
    messages = 50;
    for (let append = 0; append < 100; append += 1) gauge.appended(1_000);
    expect(gauge.high()).toBe(true);
    // 0.9 per 100 ms from the sample after the last append: below half of the limit after 22 of them.
    clock.advance(100 + 2_100);
    expect(gauge.high()).toBe(true);
    clock.advance(100);
    expect(gauge.high()).toBe(false);
  });

  it('looks at the facts when asked, ten times a second at most', () => {
    expect(gauge.high()).toBe(false);
    messages = 1_000;
    clock.advance(99);
    expect(gauge.high()).toBe(false);
    clock.advance(1);
    expect(gauge.high()).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
  });
});
