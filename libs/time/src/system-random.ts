/** Randomness of a real process. The only place that asks the system for it. */
import { randomFillSync } from 'node:crypto';
import type { Random } from './random.ts';

/** Asked for at once: a question takes 5 µs whether it is for 16 bytes or for all of these, and a reconnect storm has one per charger. */
const POOL_BYTES = 4_096;

const pool = new Uint8Array(POOL_BYTES);
/** Where the bytes begin that nobody has yet. */
let at = POOL_BYTES;

/** `Math.random` for spreading things, the system's cryptographic source for bytes. */
export const systemRandom: Random = {
  next(): number {
    return Math.random();
  },

  bytes(count: number): Uint8Array {
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count));
    if (at + count > POOL_BYTES) {
      randomFillSync(pool);
      at = 0;
    }
    const bytes = pool.slice(at, at + count);
    // They may be a key: one copy of them is enough.
    pool.fill(0, at, at + count);
    at += count;
    return bytes;
  },
};
