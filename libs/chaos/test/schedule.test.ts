import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from '../src/fault-kind.ts';
import { faultOrder } from '../src/schedule.ts';

function first(count: number, seed: number): readonly FaultKind[] {
  const order = faultOrder(FAULT_KINDS, createSeededRandom(seed));
  return Array.from({ length: count }, () => order.next().value);
}

describe('the order of faults', () => {
  it('brings each kind once a round', () => {
    const rounds = first(3 * FAULT_KINDS.length, 5);
    for (let round = 0; round < 3; round += 1) {
      const own = rounds.slice(round * FAULT_KINDS.length, (round + 1) * FAULT_KINDS.length);
      expect(own.toSorted()).toEqual([...FAULT_KINDS].toSorted());
    }
  });

  it('is equal for equal seeds and not for others', () => {
    expect(first(50, 1)).toEqual(first(50, 1));
    expect(first(50, 1)).not.toEqual(first(50, 2));
  });

  it('refuses an empty list', () => {
    expect(() => faultOrder([], createSeededRandom(1)).next()).toThrow(/at least one kind/);
  });
});
