/**
 * The clock of a real process. Owns every use of `Date`, `performance` and timers outside tests. Its timers never keep the
 * process alive: what must stay alive holds a socket or a bus connection.
 */
import type { CancelTimer, Clock } from './clock.ts';

/** Longest delay a Node timer takes; beyond it, Node fires at once. */
const TIMER_DELAY_MS_MAX = 2_147_483_647;

/** Wall clock, monotonic clock and timers of this process. */
export const systemClock: Clock = {
  nowMs(): number {
    return Date.now();
  },

  monotonicMs(): number {
    return performance.now();
  },

  after(delayMs: number, fire: () => void): CancelTimer {
    if (!Number.isFinite(delayMs)) throw new RangeError(`timer delay must be finite, got ${delayMs}`);
    if (delayMs > TIMER_DELAY_MS_MAX) return afterLong(delayMs, fire);
    const timer = setTimeout(fire, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },

  every(intervalMs: number, fire: () => void): CancelTimer {
    if (!(intervalMs > 0 && intervalMs <= TIMER_DELAY_MS_MAX)) {
      throw new RangeError(`timer interval must be within 0 < ms ≤ ${TIMER_DELAY_MS_MAX}, got ${intervalMs}`);
    }
    const timer = setInterval(fire, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** A delay beyond Node's limit, taken in legs. */
function afterLong(delayMs: number, fire: () => void): CancelTimer {
  let cancel: CancelTimer = () => {};
  const leg = (leftMs: number): void => {
    cancel =
      leftMs > TIMER_DELAY_MS_MAX
        ? systemClock.after(TIMER_DELAY_MS_MAX, () => leg(leftMs - TIMER_DELAY_MS_MAX))
        : systemClock.after(leftMs, fire);
  };
  leg(delayMs);
  return () => cancel();
}
