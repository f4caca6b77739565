/** Percentiles of a list of measurements. */

/** p50, p99 and the largest; undefined of nothing. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest rank, so that each figure is one that was measured. */
export function percentilesOf(values: readonly number[]): Percentiles | undefined {
  const sorted = Float64Array.from(values).toSorted();
  const max = sorted.at(-1);
  if (max === undefined) return undefined;
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? max;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), max };
}
