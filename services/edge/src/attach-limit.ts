/**
 * How many sessions may be on their way to their actors at once: as many as are known there within `SOON_MS`. Whatever number is allowed, a
 * wave of chargers fills it; when the workers, or the machine, can take no more, each one more only makes all wait longer, and the calls
 * of the chargers that are there wait with them. So the limit falls when attaching takes long and rises while it does not (additive increase,
 * multiplicative decrease, as TCP finds its window). Pure but for its own number.
 */

/** An attach that takes longer has waited: with nothing before it, it takes 3 to 15 ms. */
const SOON_MS = 150;
/** What is left of the limit after one that took longer. */
const SHRINK = 0.75;
/**
 * Some are always let in: where calls alone are more than the workers can do, nobody would come back ever. Fewer at a time are dearer each: what
 * arrives together is read, stored and answered together.
 */
const LIMIT_MIN = 8;

/** The limit of one edge. Times are monotonic milliseconds. */
export class AttachLimit {
  readonly #max: number;
  readonly #min: number;
  #limit: number;
  #shrunkAtMs = Number.NEGATIVE_INFINITY;

  /** It begins at `max`, and never passes it. */
  constructor(max: number) {
    this.#max = max;
    this.#min = Math.min(LIMIT_MIN, max);
    this.#limit = max;
  }

  /** Sessions that may be on their way now. */
  get now(): number {
    return Math.floor(this.#limit);
  }

  /** One that began at `begunAtMs` has arrived; `isWanted`: others wait for its place. */
  arrived(begunAtMs: number, nowMs: number, isWanted: boolean): void {
    if (nowMs - begunAtMs > SOON_MS) {
      // Those that were on their way already do not know of the smaller limit.
      if (begunAtMs < this.#shrunkAtMs) return;
      this.#shrunkAtMs = nowMs;
      this.#limit = Math.max(this.#min, this.#limit * SHRINK);
    } else if (isWanted) this.#limit = Math.min(this.#max, this.#limit + 1 / this.#limit);
  }
}
