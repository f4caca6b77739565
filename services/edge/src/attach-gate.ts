/**
 * How many sessions may be on their way to their actors at once. After an edge is lost, or a whole region comes back, chargers
 * connect faster than workers can take them; without a bound their sessions pile up in front of the workers, and the calls of
 * chargers that never lost their connection wait behind them. So a handshake waits here, before its 101, until a session before
 * it is known to its actor. How many may be on their way follows how long they take (`attach-limit.ts`).
 *
 * Invariants:
 * 1. At most `attachesMax` slots are taken, each for at most `HELD_MS_MAX`: partitions that nobody serves must not close the door.
 * 2. Handshakes go on in the order they came; at most `WAITING_MAX` wait, for at most `WAIT_MS_MAX`. What is beyond is told to
 *    come back later.
 */
import { AttachLimit } from './attach-limit.ts';

/** One session on its way. */
export interface AttachSlot {
  /** The session is known to its actor. The slot is free then, as after `leave`. */
  arrived(): void;
  /** The session will never be known, or has arrived; calling it again does nothing. */
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

/** Longest a slot is held: of workers that do not answer an edge asks for one session a second, not for none. */
const HELD_MS_MAX = 5_000;
const WAIT_MS_MAX = 8_000;
const WAITING_MAX = 4_096;

/** The gate of one edge. Times are monotonic milliseconds. */
export class AttachGate {
  readonly #limit: AttachLimit;
  readonly #nowMs: () => number;
  /** Taken slots, oldest first; closed ones are taken out when they come to the front. */
  #slots: Slot[] = [];
  #waiting: Waiting[] = [];
  #taken = 0;
  #closed = false;

  constructor(attachesMax: number, nowMs: () => number) {
    this.#limit = new AttachLimit(attachesMax);
    this.#nowMs = nowMs;
  }

  /** Handshakes waiting for a slot. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Sessions that may be on their way now. */
  get limit(): number {
    return this.#limit.now;
  }

  /** A slot now or later; undefined when the charger should come back later. */
  enter(): AttachSlot | undefined | Promise<AttachSlot | undefined> {
    if (this.#closed || this.#waiting.length >= WAITING_MAX) return undefined;
    if (this.#taken < this.#limit.now && this.#waiting.length === 0) return this.#take();
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
      if (slot.open && nowMs - slot.takenAtMs >= HELD_MS_MAX) slot.arrived();
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
      arrived: () => {
        if (!slot.open) return;
        this.#limit.arrived(slot.takenAtMs, this.#nowMs(), this.#waiting.length > 0);
        slot.leave();
      },
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
    while (this.#taken < this.#limit.now) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      waiting.go(this.#take());
    }
  }
}
