/**
 * Timers of many chargers in one structure: a hashed wheel of 1 ms slots, each a list threaded through two typed arrays. A timer is
 * a number below `timers` and is in the wheel at most once. Setting, moving and cancelling cost the same whatever the number of
 * timers, and no object is made.
 */

/** Slots; a timer further ahead than this many ms is passed over once a round. */
const SLOTS = 16_384;
const MASK = SLOTS - 1;
const NONE = -1;

/** Calls `fire` for timers whose time has come. */
export class TimingWheel {
  readonly #heads = new Int32Array(SLOTS).fill(NONE);
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Slot a timer is in; `NONE` when it is not set. */
  readonly #slot: Int32Array;
  /** Due time in whole ms. */
  readonly #due: Float64Array;
  /** Every slot up to this ms has been emptied of what was due. */
  #doneMs: number;
  #armed = 0;

  constructor(timers: number, startMs: number) {
    this.#next = new Int32Array(timers).fill(NONE);
    this.#previous = new Int32Array(timers).fill(NONE);
    this.#slot = new Int32Array(timers).fill(NONE);
    this.#due = new Float64Array(timers);
    this.#doneMs = Math.floor(startMs);
  }

  /** Timers that are set. */
  get armed(): number {
    return this.#armed;
  }

  /** Sets or moves a timer to the first whole ms at or after `dueMs`; in the past means as soon as possible, with its own due time. */
  set(timer: number, dueMs: number): void {
    this.cancel(timer);
    const due = Math.ceil(dueMs);
    const slot = Math.max(due, this.#doneMs + 1) & MASK;
    const head = this.#heads[slot] ?? NONE;
    this.#due[timer] = due;
    this.#slot[timer] = slot;
    this.#next[timer] = head;
    this.#previous[timer] = NONE;
    if (head !== NONE) this.#previous[head] = timer;
    this.#heads[slot] = timer;
    this.#armed += 1;
  }

  /** Takes a timer out; does nothing when it is not set. */
  cancel(timer: number): void {
    const slot = this.#slot[timer] ?? NONE;
    if (slot === NONE) return;
    const next = this.#next[timer] ?? NONE;
    const previous = this.#previous[timer] ?? NONE;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) this.#heads[slot] = next;
    else this.#next[previous] = next;
    this.#slot[timer] = NONE;
    this.#armed -= 1;
  }

  /** Fires everything due at `nowMs` or before, slot by slot; `fire` may set and cancel timers. */
  advance(nowMs: number, fire: (timer: number, dueMs: number) => void): void {
    const until = Math.floor(nowMs);
    // After a long stall one round finds everything.
    const from = Math.max(this.#doneMs + 1, until - SLOTS + 1);
    for (let tick = from; tick <= until; tick += 1) {
      // What is set for the past meanwhile lands in the slot behind this one.
      this.#doneMs = tick;
      for (let timer = this.#dueIn(tick, until); timer !== NONE; timer = this.#dueIn(tick, until)) {
        this.cancel(timer);
        fire(timer, this.#due[timer] ?? until);
      }
    }
  }

  /** The first ms at which a timer is due, at most `horizonMs` after what was advanced to. */
  nextMs(horizonMs: number): number {
    const last = this.#doneMs + Math.min(horizonMs, SLOTS - 1);
    for (let tick = this.#doneMs + 1; tick < last; tick += 1) if (this.#dueIn(tick, tick) !== NONE) return tick;
    return last;
  }

  /** A timer in the slot of `tick` that is due at `until`; the others there are for a later round. */
  #dueIn(tick: number, until: number): number {
    let timer = this.#heads[tick & MASK] ?? NONE;
    while (timer !== NONE && (this.#due[timer] ?? 0) > until) timer = this.#next[timer] ?? NONE;
    return timer;
  }
}
