/**
 * Token buckets by name: how many requests of a key, or failed logins of an address, are taken in a time. Owns the counts; what is done
 * about an empty bucket is the caller's. At most `NAMES_MAX` buckets are kept; when full, the one unused for longest goes and is full
 * when its name comes back.
 */
import type { Clock } from '@voltlane/time';

/** Rate and burst of each bucket. */
export interface RateLimits {
  readonly perSecond: number;
  readonly burstMax: number;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const NAMES_MAX = 10_000;

/** See the head of this file. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #limits: RateLimits;
  readonly #clock: Clock;

  constructor(limits: RateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Takes a token; 0 when there was one, else the whole seconds until there is. */
  take(name: string): number {
    const bucket = this.#filled(name);
    if (bucket.tokens < 1) return this.#waitS(bucket);
    bucket.tokens -= 1;
    return 0;
  }

  /** What `take` would say, taking nothing. */
  waitS(name: string): number {
    if (!this.#buckets.has(name)) return 0;
    const bucket = this.#filled(name);
    return bucket.tokens < 1 ? this.#waitS(bucket) : 0;
  }

  #waitS(bucket: Bucket): number {
    return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#limits.perSecond));
  }

  #filled(name: string): Bucket {
    const nowMs = this.#clock.monotonicMs();
    const { perSecond, burstMax } = this.#limits;
    const bucket = this.#buckets.get(name) ?? { tokens: burstMax, filledAtMs: nowMs };
    bucket.tokens = Math.min(burstMax, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond);
    bucket.filledAtMs = nowMs;
    // Moves it to the young end.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > NAMES_MAX) {
      const oldest = this.#buckets.keys().next();
      if (oldest.done !== true) this.#buckets.delete(oldest.value);
    }
    return bucket;
  }
}
