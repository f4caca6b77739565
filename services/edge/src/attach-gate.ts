/**
 * How many sessions may be on their way to their actors at once. After an edge is lost, or a whole region comes back, chargers
 * connect faster than workers can take them; without a bound their sessions pile up in front of the workers, and the calls of
 * chargers that never lost their connection wait behind them. So a handshake waits here, before its 101, until a session before
 * it is known to its actor. The pace follows the workers by itself: with 32 under way, workers that need 3 ms take 10,000/s, and
 * workers that need 300 ms take 100/s.
 *
 * Invariants:
 * 1. At most `attachesMax` slots are taken, each for at most `HELD_MS_MAX`: partitions that nobody serves must not close the door.
 * 2. Handshakes go on in the order they came; at most `WAITING_MAX` wait, for at most `WAIT_MS_MAX`. What is beyond is told to
 *    come back later.
 */

/** One session on its way. */
export interface AttachSlot {
  /** The session is known to its actor, or will never be; calling it again does nothing. */
  leave(): void;
}

interface Slot extends AttachSlot {
  readonly takenAtMs: number;
  open: boolean;
}

interface Waiting {
  readonly cameAtMs: number;
  readonly go: (slot: AttachSlot | undefined) => void;
}

/** Longest a slot is held: workers that cannot keep up get six sessions a second of each edge, not 32. */
const HELD_MS_MAX = 5_000;
const WAIT_MS_MAX = 5_000;
const WAITING_MAX = 4_096;

/** The gate of one edge. Times are monotonic milliseconds. */
export class AttachGate {
  readonly #attachesMax: number;
  readonly #nowMs: () => number;
  /** Taken slots, oldest first; closed ones are taken out when they come to the front. */
  #slots: Slot[] = [];
  #waiting: Waiting[] = [];
  #taken = 0;
  #closed = false;

  constructor(attachesMax: number, nowMs: () => number) {
    this.#attachesMax = attachesMax;
    this.#nowMs = nowMs;
  }

  /** Handshakes waiting for a slot. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A slot now or later; undefined when the charger should come back later. */
  enter(): AttachSlot | undefined | Promise<AttachSlot | undefined> {
    if (this.#closed || this.#waiting.length >= WAITING_MAX) return undefined;
    if (this.#taken < this.#attachesMax && this.#waiting.length === 0) return this.#take();
    return new Promise((go) => this.#waiting.push({ cameAtMs: this.#nowMs(), go }));
  }

  /** Nobody is let in any more. */
  close(): void {
    this.#closed = true;
    for (const { go } of this.#waiting.splice(0)) go(undefined);
  }

  /** Frees what is held too long and sends away who waits too long; to be called a few times a second. */
  sweep(): void {
    const nowMs = this.#nowMs();
    this.#slots = this.#slots.filter((slot) => {
      if (slot.open && nowMs - slot.takenAtMs >= HELD_MS_MAX) slot.leave();
      return slot.open;
    });
    let gone = 0;
    while (gone < this.#waiting.length && nowMs - (this.#waiting[gone]?.cameAtMs ?? nowMs) >= WAIT_MS_MAX) gone += 1;
    for (const { go } of this.#waiting.splice(0, gone)) go(undefined);
  }

  #take(): AttachSlot {
    this.#taken += 1;
    const slot: Slot = {
      takenAtMs: this.#nowMs(),
      open: true,
      leave: () => {
        if (!slot.open) return;
        slot.open = false;
        this.#taken -= 1;
        this.#next();
      },
    };
    this.#slots.push(slot);
    return slot;
  }

  #next(): void {
    while (this.#taken < this.#attachesMax) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      waiting.go(this.#take());
    }
  }
}
