/** Reproducible randomness for tests and the simulation. Must never make a key, an id that has to be unguessable, or a salt. */
import type { Random } from './random.ts';

/**
 * Creates a generator whose whole sequence follows from `seed` (any finite number; its 53 bits count). Algorithm: sfc32,
 * seeded through splitmix32; the sequence is held by a golden test, because recorded seeds must stay meaningful.
 */
export function createSeededRandom(seed: number): Random {
  if (!Number.isFinite(seed)) throw new RangeError(`a seed must be finite, got ${seed}`);
  return new Sfc32(seed);
}

class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    const whole = Math.trunc(seed);
    this.#a = splitmix32(whole >>> 0);
    this.#b = splitmix32(Math.trunc(whole / 4_294_967_296) >>> 0);
    this.#c = splitmix32((this.#a ^ this.#b) >>> 0);
    for (let round = 0; round < 12; round += 1) this.#next32();
  }

  next(): number {
    // 53 bits: 27 from one step, 26 from the next.
    const high = this.#next32() >>> 5;
    const low = this.#next32() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    let word = 0;
    for (let index = 0; index < count; index += 1) {
      word = index % 4 === 0 ? this.#next32() : word >>> 8;
      bytes[index] = word & 0xff;
    }
    return bytes;
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

function splitmix32(value: number): number {
  let mixed = (value + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
