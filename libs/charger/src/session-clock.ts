/** Owns a clock that runs faster than another: sessions of an hour can be watched in a minute. Timeouts must not use it. */
import type { CancelTimer, Clock } from '@voltlane/time';

/** A clock that starts at `clock`'s time and runs `factor` times as fast. */
export function createFasterClock(clock: Clock, factor: number): Clock {
  if (!(factor > 0 && Number.isFinite(factor))) throw new RangeError(`a clock runs at a factor above 0, got ${factor}`);
  const startWallMs = clock.nowMs();
  const startMs = clock.monotonicMs();
  const elapsedMs = (): number => (clock.monotonicMs() - startMs) * factor;
  return {
    nowMs: () => Math.floor(startWallMs + elapsedMs()),
    monotonicMs: () => startMs + elapsedMs(),
    after: (delayMs, fire): CancelTimer => clock.after(delayMs / factor, fire),
    every: (intervalMs, fire): CancelTimer => clock.every(intervalMs / factor, fire),
  };
}
