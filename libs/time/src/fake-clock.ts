/**
 * A clock that moves only when told. Owns the order in which timers fire in tests and in the simulation; never looks at real
 * time.
 *
 * Invariants:
 * 1. Timers fire in order of their due time; equal times in the order they were created.
 * 2. While a timer fires, `monotonicMs()` is exactly its due time, so a timer set from within counts from there.
 * 3. `advance(ms)` ends with the clock exactly `ms` later and no timer due. When a timer throws, `advance` throws that error
 *    with the clock at that timer's time; the remaining timers are still there.
 */
import type { CancelTimer, Clock } from './clock.ts';
import { createTimerHeap, type FakeTimer, type TimerHeap } from './timer-heap.ts';

/** A clock for tests: starts at a given wall time and stands still. */
export interface FakeClock extends Clock {
  /** Moves time by `ms` (≥ 0) and runs what falls due on the way, including timers created meanwhile. Not reentrant. */
  advance(ms: number): void;
  /** Like `advance`, but after each timer every promise that needs no real input or output gets to run. */
  advanceAsync(ms: number): Promise<void>;
  /** Moves the wall clock alone, as a time server may; the monotonic clock and timers do not notice. */
  jumpWallClock(deltaMs: number): void;
  /** Number of timers waiting. */
  pendingTimers(): number;
  /** Milliseconds until the next timer falls due, or undefined when there is none. */
  nextTimerInMs(): number | undefined;
}

/** 2026-01-01T00:00:00.000Z: where a fake clock starts unless told otherwise. */
export const FAKE_CLOCK_START_MS: number = 1_767_225_600_000;

/** Creates a clock standing at `startMs` of wall time and 0 of monotonic time. */
export function createFakeClock(startMs: number = FAKE_CLOCK_START_MS): FakeClock {
  return new ManualClock(startMs);
}

/**
 * Macrotasks asked for at a time: a macrotask begins only when the microtask queue is empty, so each may fire one timer.
 */
const TURNS_AHEAD = 64;

class ManualClock implements FakeClock {
  readonly #timers: TimerHeap = createTimerHeap();
  #wallAtZeroMs: number;
  #elapsedMs = 0;
  #advancing = false;

  constructor(startMs: number) {
    this.#wallAtZeroMs = startMs;
  }

  nowMs(): number {
    return Math.floor(this.#wallAtZeroMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, fire: () => void): CancelTimer {
    if (!Number.isFinite(delayMs)) throw new RangeError(`timer delay must be finite, got ${delayMs}`);
    return this.#schedule(Math.max(0, delayMs), 0, fire);
  }

  every(intervalMs: number, fire: () => void): CancelTimer {
    if (!(intervalMs > 0 && Number.isFinite(intervalMs))) {
      throw new RangeError(`timer interval must be finite and above 0, got ${intervalMs}`);
    }
    return this.#schedule(intervalMs, intervalMs, fire);
  }

  advance(ms: number): void {
    const untilMs = this.#begin(ms);
    try {
      while (this.#fireNext(untilMs));
      this.#elapsedMs = untilMs;
    } finally {
      this.#advancing = false;
    }
  }

  advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#begin(ms);
    return new Promise((resolve, reject) => {
      let planned = 0;
      let quiet = false;
      let over = false;
      const end = (): void => {
        over = true;
        this.#advancing = false;
      };
      const turn = (): void => {
        planned -= 1;
        if (over) return;
        try {
          if (this.#fireNext(untilMs)) quiet = false;
          else if (quiet) {
            end();
            resolve();
            return;
          } else {
            // What hears of the end may still set a timer that is due, so one more turn decides.
            this.#elapsedMs = untilMs;
            quiet = true;
          }
        } catch (error) {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (planned === 0) plan();
      };
      const plan = (): void => {
        planned = TURNS_AHEAD;
        for (let index = 0; index < TURNS_AHEAD; index += 1) setImmediate(turn);
      };
      plan();
    });
  }

  jumpWallClock(deltaMs: number): void {
    this.#wallAtZeroMs += deltaMs;
  }

  pendingTimers(): number {
    return this.#timers.size();
  }

  nextTimerInMs(): number | undefined {
    const next = this.#timers.peek();
    return next === undefined ? undefined : next.atMs - this.#elapsedMs;
  }

  #schedule(delayMs: number, intervalMs: number, fire: () => void): CancelTimer {
    const timer = this.#timers.push(this.#elapsedMs + delayMs, intervalMs, fire);
    return () => this.#timers.cancel(timer);
  }

  #begin(ms: number): number {
    if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`a clock advances by finite ms ≥ 0, got ${ms}`);
    if (this.#advancing) throw new Error('the fake clock is already advancing');
    this.#advancing = true;
    return this.#elapsedMs + ms;
  }

  #fireNext(untilMs: number): boolean {
    const timer: FakeTimer | undefined = this.#timers.peek();
    if (timer === undefined || timer.atMs > untilMs) return false;
    this.#elapsedMs = timer.atMs;
    if (timer.intervalMs > 0) this.#timers.repeatFirst(timer.atMs + timer.intervalMs);
    else this.#timers.pop();
    timer.fire();
    return true;
  }
}
