/**
 * Streams of randomness that follow from the seed and a name, so that taking a fault out or adding a charger leaves the others'
 * streams as they were.
 */
import { createSeededRandom, type Random } from '@voltlane/time';
import { fingerprint } from '@voltlane/wire';

/** The stream called `name` of the run with `seed`. */
export function stream(seed: number, name: string): Random {
  return createSeededRandom(fingerprint(`${seed} ${name}`));
}

/** A whole number from 0 to `below` − 1. */
export function whole(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

/** A number in [low, high), in eighths: virtual times stay short to write. */
export function between(random: Random, low: number, high: number): number {
  return Math.round((low + random.next() * (high - low)) * 8) / 8;
}

/** One of `items`, which is not empty. */
export function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[whole(random, items.length)];
  if (item === undefined) throw new RangeError('nothing to choose from');
  return item;
}

/** A time with mean `meanMs`, as between events that know nothing of each other. */
export function exponential(random: Random, meanMs: number): number {
  return Math.round(-Math.log(1 - random.next()) * meanMs * 8) / 8;
}
