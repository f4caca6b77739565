/**
 * The only door to wall clock, monotonic clock and timers. Everything that waits takes a `Clock`, so that tests and the
 * simulation decide what time it is.
 */

/** Stops a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** Time as a dependency. All values are milliseconds. */
export interface Clock {
  /** Wall clock, milliseconds since 1970-01-01T00:00:00Z. May jump; use it for timestamps only. */
  nowMs(): number;
  /** Monotonic milliseconds with an arbitrary origin. Never jumps; use it for deadlines and intervals. */
  monotonicMs(): number;
  /** Calls `fire` once after `delayMs` (≥ 0). The timer does not keep the process alive. */
  after(delayMs: number, fire: () => void): CancelTimer;
  /** Calls `fire` every `intervalMs` (> 0) until cancelled. The timer does not keep the process alive. */
  every(intervalMs: number, fire: () => void): CancelTimer;
}
