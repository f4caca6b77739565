/**
 * Latencies of a second on their way from a generator to the coordinator: each value with how often it was seen. Three digits are kept, as in the
 * HDR histograms they end in. Compressed histograms of ten names took a generator 5–10 ms of each second, in which its chargers waited, and the
 * coordinator a full collection every three seconds.
 */

import type { Histogram } from 'hdr-histogram-js';

/** Nothing waits longer. */
export const LATENCY_US_MAX = 120_000_000;

/** Bits of a value that are kept: 2^11 and more are enough for three digits. */
const KEPT_BITS = 11;
const WORD_BITS = 32;

/** Latency in µs and how often it was seen, in turn. */
export type LatencyPairs = readonly number[];

/** Latencies since the last `drain`. At most 2,048 values and 1,024 more for each doubling are kept apart. */
export class LatencyCounts {
  readonly #counts = new Map<number, number>();

  /** Counts one latency. */
  add(us: number): void {
    const kept = threeDigits(Math.min(LATENCY_US_MAX, Math.max(1, Math.round(us))));
    this.#counts.set(kept, (this.#counts.get(kept) ?? 0) + 1);
  }

  /** What was counted, undefined when that is nothing; counts start anew. */
  drain(): LatencyPairs | undefined {
    if (this.#counts.size === 0) return undefined;
    const pairs: number[] = [];
    for (const [us, count] of this.#counts) pairs.push(us, count);
    this.#counts.clear();
    return pairs;
  }
}

/** Puts counts into a histogram. */
export function addPairs(histogram: Histogram, pairs: LatencyPairs): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    histogram.recordValueWithCount(pairs[at] ?? 0, pairs[at + 1] ?? 0);
  }
}

/** The smallest value that a histogram of three digits cannot tell from this one. */
function threeDigits(us: number): number {
  const dropped = Math.max(0, WORD_BITS - KEPT_BITS - Math.clz32(us));
  return (us >>> dropped) << dropped;
}
