/**
 * What came in waits here when a turn of the event loop has already worked long enough. Node reads a busy socket up to 32 times in
 * a row, megabytes, and the client hands out all of it before any timer fires: under a backlog of calls a worker was deaf for
 * seconds, missed its own heartbeats, dropped its partitions, and began again with everybody's resends (measured: stalls of
 * 1.4–2 s at 12,000 chargers connecting at 500/s). Answers to our own questions do not wait: a heartbeat's acknowledgement
 * stands behind nothing.
 *
 * Invariants:
 * 1. Messages are handled in the order they came.
 * 2. A turn handles messages for `SLICE_MS`, and then whatever else the loop has to do has its turn.
 * 3. At most `WAITING_MAX` messages wait, for at most `WAIT_MS_MAX`; the rest is dropped and counted, which a sender on core NATS must
 *    expect anyway. Whoever sent something that old has sent it again, or has given it up: working through it is work for nobody
 *    (measured: 65,000 waiting, and every answer came after its deadline).
 */
import type { Clock } from '@voltlane/time';
import { atTurnEnd } from '@voltlane/time';

/** Work of a turn before the rest waits, ms. A call takes 0.05–0.2 ms. */
const SLICE_MS = 8;
/** Messages that may wait: a few seconds of what one process can do. */
const WAITING_MAX = 65_536;
/** Longest a message may wait. An edge sends again after 1 s or more and gives a call up after 25 s. */
const WAIT_MS_MAX = 2_500;
/** Handled entries at the front of the queue before it is cut. */
const CUT_AFTER = 1_024;

interface Waiting {
  readonly handle: () => void;
  readonly cameAtMs: number;
}

/** The queue behind all subscriptions of one connection. */
export class Intake {
  readonly #clock: Clock;
  readonly #dropped: () => void;
  #waiting: Waiting[] = [];
  #head = 0;
  #inTurn = false;
  #turnEndsAtMs = 0;

  /** `dropped` is told of each message that waited too long. */
  constructor(clock: Clock, dropped: () => void) {
    this.#clock = clock;
    this.#dropped = dropped;
  }

  /** Messages waiting. */
  get size(): number {
    return this.#waiting.length - this.#head;
  }

  /** True when a message can be handled right now, ahead of nobody. */
  free(): boolean {
    if (!this.#inTurn) {
      this.#begin();
      return true;
    }
    return this.size === 0 && this.#clock.monotonicMs() < this.#turnEndsAtMs;
  }

  /** Keeps a message that could not be handled now; false when too many wait. */
  keep(handle: () => void): boolean {
    if (this.size >= WAITING_MAX) return false;
    this.#waiting.push({ handle, cameAtMs: this.#clock.monotonicMs() });
    return true;
  }

  #begin(): void {
    this.#inTurn = true;
    this.#turnEndsAtMs = this.#clock.monotonicMs() + SLICE_MS;
    atTurnEnd(this.#turnEnded);
  }

  readonly #turnEnded = (): void => {
    this.#inTurn = false;
    if (this.size === 0) return;
    this.#begin();
    for (let nowMs = this.#clock.monotonicMs(); this.size > 0 && nowMs < this.#turnEndsAtMs; ) {
      const next = this.#waiting[this.#head];
      this.#head += 1;
      if (next === undefined) continue;
      if (nowMs - next.cameAtMs > WAIT_MS_MAX) this.#dropped();
      else next.handle();
      nowMs = this.#clock.monotonicMs();
    }
    if (this.size === 0) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head >= CUT_AFTER) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  };
}
