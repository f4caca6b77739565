/**
 * How long a message may be unanswered before it is sent again. Core NATS loses messages only where something broke, and most of
 * that is noticed at once (no responders, a new connection, a new owner); this is for the rest. A fixed wait is poison under
 * load: once answers take longer than it, every message is sent twice, answers take longer still, and nothing recovers
 * (measured: 12,000 chargers connecting at 500/s, the worker answered copies only). So the wait follows what answers take, as TCP's
 * retransmission timer does (RFC 6298), and doubles with each copy.
 */

/** The longest wait; a call has 25 s in all by default. */
const WAIT_MS_MAX = 8_000;
/** Weights of a new sample, RFC 6298 §2.3. */
const MEAN_SHARE = 1 / 8;
const DEVIATION_SHARE = 1 / 4;
/** What one needless copy adds to the least wait, and what one answer to a first copy takes off. */
const GROWTH = 1.1;
const DECAY = 0.99;

/** Learns from every answer of this edge. */
export class ResendPatience {
  readonly #waitMsMin: number;
  #floorMs: number;
  #meanMs = 0;
  #deviationMs = 0;

  constructor(waitMsMin: number) {
    this.#waitMsMin = waitMsMin;
    this.#floorMs = waitMsMin;
  }

  /** The answer to a message of which one copy was sent came `tookMs` later. With more copies nobody knows which was answered. */
  learn(tookMs: number): void {
    this.#deviationMs += DEVIATION_SHARE * (Math.abs(tookMs - this.#meanMs) - this.#deviationMs);
    this.#meanMs += MEAN_SHARE * (tookMs - this.#meanMs);
    this.#floorMs = Math.max(this.#waitMsMin, this.#floorMs * DECAY);
  }

  /** A message was answered once more: a copy was not lost but slow. */
  answeredTwice(): void {
    this.#floorMs = Math.min(WAIT_MS_MAX, this.#floorMs * GROWTH);
  }

  /** The wait after a copy; `beforeMs`: the one after the copy before it, 0 for the first. */
  next(beforeMs: number): number {
    const learnedMs = this.#meanMs + 4 * this.#deviationMs;
    return Math.min(Math.max(this.#floorMs, learnedMs, 2 * beforeMs), Math.max(WAIT_MS_MAX, this.#waitMsMin));
  }
}
