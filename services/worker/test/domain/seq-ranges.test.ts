import type { SeqRange } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversAll, hasSeen, highestSeen, withSeen } from '../../src/domain/seq-ranges.ts';

function seen(...numbers: number[]): readonly SeqRange[] {
  return numbers.reduce<readonly SeqRange[]>(withSeen, []);
}

describe('sequence numbers seen', () => {
  it.each<[number[], SeqRange[]]>([
    [[], []],
    [[5], [[5, 5]]],
    [[1, 2, 3], [[1, 3]]],
    [
      [3, 1],
      [
        [1, 1],
        [3, 3],
      ],
    ],
    [[3, 1, 2], [[1, 3]]],
    [[0, 0], [[0, 0]]],
    [[-1, 0], [[-1, 0]]],
  ])('%j are kept as %j', (numbers, ranges) => {
    expect(seen(...numbers)).toEqual(ranges);
  });

  it('are the very same list when nothing is new', () => {
    const ranges = seen(1, 2, 9);
    expect(withSeen(ranges, 2)).toBe(ranges);
  });

  it('know the highest and whether a stretch has no gap', () => {
    expect(highestSeen(seen(1, 2, 9))).toBe(9);
    expect(highestSeen([])).toBeUndefined();
    expect(coversAll(seen(1, 2, 3), 1, 3)).toBe(true);
    expect(coversAll(seen(1, 3), 1, 3)).toBe(false);
  });

  it('forget the lowest range beyond the bound, and never take a gap for seen', () => {
    const numbers = Array.from({ length: STATE_LIMITS.seenRangesMax + 4 }, (_, i) => i * 2);
    const ranges = seen(...numbers);
    expect(ranges).toHaveLength(STATE_LIMITS.seenRangesMax);
    expect(hasSeen(ranges, 0)).toBe(false);
    expect(hasSeen(ranges, numbers.at(-1) ?? 0)).toBe(true);
    expect(hasSeen(ranges, 31)).toBe(false);
  });

  it('are a set kept as disjoint ascending ranges, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), (numbers) => {
        const ranges = seen(...numbers);
        const expected = Array.from({ length: 31 }, (_, n) => n).filter((n) => numbers.includes(n));
        expect(ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))).toEqual(
          expected,
        );
        // Neighbours are merged.
        for (const [index, [from]] of ranges.entries()) {
          if (index > 0) expect(from).toBeGreaterThan((ranges[index - 1]?.[1] ?? from) + 1);
        }
      }),
    );
  });
});
