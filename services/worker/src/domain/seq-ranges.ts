/**
 * Which sequence numbers of a 2.x transaction were seen, as ascending, disjoint, inclusive ranges. When there are more gaps
 * than the bound, the lowest range is forgotten: a resend from it is then recorded twice under the same event id, which a
 * reader drops; taking a gap for seen would lose an event.
 */

import type { SeqRange } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';

/** Whether a number was seen. */
export function hasSeen(ranges: readonly SeqRange[], seqNo: number): boolean {
  return ranges.some(([from, to]) => from <= seqNo && seqNo <= to);
}

/** The ranges with one more number; the very same array when it was there. */
export function withSeen(ranges: readonly SeqRange[], seqNo: number): readonly SeqRange[] {
  if (hasSeen(ranges, seqNo)) return ranges;
  let from = seqNo;
  let to = seqNo;
  const apart: SeqRange[] = [];
  for (const range of ranges) {
    if (range[1] === seqNo - 1) from = range[0];
    else if (range[0] === seqNo + 1) to = range[1];
    else apart.push(range);
  }
  apart.push([from, to]);
  apart.sort((a, b) => a[0] - b[0]);
  return apart.length > STATE_LIMITS.seenRangesMax ? apart.slice(1) : apart;
}

/** Whether every number between two was seen. */
export function coversAll(ranges: readonly SeqRange[], from: number, to: number): boolean {
  return ranges.some((range) => range[0] <= from && to <= range[1]);
}

/** Highest number seen, or undefined. */
export function highestSeen(ranges: readonly SeqRange[]): number | undefined {
  return ranges.at(-1)?.[1];
}
