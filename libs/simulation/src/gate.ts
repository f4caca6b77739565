/**
 * What a node may still do: everything that would run on a node passes its gate. Owns what waits while the node is paused;
 * knows neither the bus nor sockets.
 *
 * Invariants:
 * 1. Paused: nothing of the node runs; what comes meanwhile runs after `resume`, in order, each in a turn of its own.
 * 2. Crashed: nothing of the node ever runs again.
 */
import type { Clock } from '@voltlane/time';

/** Hears what code behind a gate threw: a programmer error, which would have ended the process. */
export type OnThrown = (error: unknown) => void;

/** The gate of one node. */
export class Gate {
  readonly #clock: Clock;
  readonly #onThrown: OnThrown;
  #waiting: (() => void)[] = [];
  #paused = false;
  #draining = false;
  #crashed = false;
  #pausedMs = 0;
  #pausedAtMs = 0;

  constructor(clock: Clock, onThrown: OnThrown) {
    this.#clock = clock;
    this.#onThrown = onThrown;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** How long it has stood still, ms. */
  get pausedMs(): number {
    return this.#pausedMs + (this.#paused ? this.#clock.monotonicMs() - this.#pausedAtMs : 0);
  }

  /** Runs `work` now, later or never. */
  run(work: () => void): void {
    if (this.#crashed) return;
    if (this.#paused || this.#draining) this.#waiting.push(work);
    else this.#do(work);
  }

  /** The node stands still. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#pausedAtMs = this.#clock.monotonicMs();
  }

  /** It goes on with what it missed. */
  resume(): void {
    if (!this.#paused) return;
    this.#pausedMs = this.pausedMs;
    this.#paused = false;
    if (this.#draining) return;
    this.#draining = true;
    this.#drain();
  }

  /** It is no more. */
  crash(): void {
    this.#crashed = true;
    this.#waiting = [];
  }

  /** The same promise, whose outcome also passes the gate. */
  hold<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          this.run(() => resolve(value));
        },
        (error: unknown) => {
          this.run(() => reject(error instanceof Error ? error : new Error(String(error))));
        },
      );
    });
  }

  #drain(): void {
    if (this.#paused || this.#crashed) {
      this.#draining = false;
      return;
    }
    const work = this.#waiting.shift();
    if (work === undefined) {
      this.#draining = false;
      return;
    }
    this.#do(work);
    this.#clock.after(0, () => this.#drain());
  }

  #do(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#onThrown(error);
    }
  }
}
