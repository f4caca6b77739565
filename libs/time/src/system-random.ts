/** Randomness of a real process. The only place that asks the system for it. */
import { randomFillSync } from 'node:crypto';
import type { Random } from './random.ts';

/** `Math.random` for spreading things, the system's cryptographic source for bytes. */
export const systemRandom: Random = {
  next(): number {
    return Math.random();
  },

  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count));
  },
};
