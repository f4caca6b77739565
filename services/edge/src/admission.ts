/**
 * Who is let in at all: a token bucket over upgrades, the number of sockets, and the state of the bus. Asked before anything
 * that costs: a wave of 100,000 reconnecting chargers must find a cheap no, not a long queue.
 */
import type { Random } from '@voltlane/time';

/** Rate and burst of the bucket. */
export interface AdmissionLimits {
  readonly upgradesPerSecond: number;
  readonly upgradesBurstMax: number;
}

/** A token bucket; one token is one upgrade. */
export interface TokenBucket {
  /** Takes a token; false when there is none. `nowMs` is monotonic. */
  take(nowMs: number): boolean;
}

/** A full bucket. */
export const createTokenBucket = (limits: AdmissionLimits, startMs: number): TokenBucket => {
  let tokens = limits.upgradesBurstMax;
  let filledAtMs = startMs;
  return {
    take(nowMs) {
      const refill = ((nowMs - filledAtMs) / 1000) * limits.upgradesPerSecond;
      tokens = Math.min(limits.upgradesBurstMax, tokens + Math.max(0, refill));
      filledAtMs = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
};

/** How long a charger that is not let in is told to wait. */
export interface RetryHint {
  /** Whole seconds for one more refused charger. `nowMs` is monotonic. */
  nextS(nowMs: number): number;
}

/** The first second a refused charger may come back in. */
const RETRY_MIN_S = 5;
/** Width of the window refused chargers are spread over, at least and at most. */
const RETRY_SPREAD_MIN_S = 20;
const RETRY_SPREAD_MAX_S = 300;

/**
 * Spreads refused chargers evenly over a window that is wide enough to let all of them in at the bucket's rate when they come
 * back. Refusals count as a queue that is served at that rate: while nobody is refused it empties, and the window narrows again.
 */
export const createRetryHint = (
  limits: Pick<AdmissionLimits, 'upgradesPerSecond'>,
  random: Random,
  startMs: number,
): RetryHint => {
  let refused = 0;
  let countedAtMs = startMs;
  return {
    nextS(nowMs) {
      const served = (Math.max(0, nowMs - countedAtMs) / 1000) * limits.upgradesPerSecond;
      refused = Math.max(0, refused - served) + 1;
      countedAtMs = nowMs;
      const spreadS = Math.min(RETRY_SPREAD_MAX_S, RETRY_SPREAD_MIN_S + refused / limits.upgradesPerSecond);
      return RETRY_MIN_S + Math.floor(random.next() * spreadS);
    },
  };
};

/**
 * Counts how often sockets of an identity replaced each other lately. Without a password anybody can take a charger's place,
 * so replacing is slowed down there. One window for all identities: forgetting is one `clear`.
 */
export class ReplacementLimit {
  readonly #counts = new Map<string, number>();
  readonly #perWindowMax: number;
  readonly #windowMs: number;
  #windowEndsAtMs = 0;

  constructor(perWindowMax: number, windowMs: number) {
    this.#perWindowMax = perWindowMax;
    this.#windowMs = windowMs;
  }

  /** Counts one replacement; false when the identity had its share of this window. */
  take(identity: string, nowMs: number): boolean {
    if (nowMs >= this.#windowEndsAtMs) {
      this.#counts.clear();
      this.#windowEndsAtMs = nowMs + this.#windowMs;
    }
    const count = (this.#counts.get(identity) ?? 0) + 1;
    if (count > this.#perWindowMax) return false;
    this.#counts.set(identity, count);
    return true;
  }
}
