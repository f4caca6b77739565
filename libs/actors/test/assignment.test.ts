import { partitionId, workerId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { assign, ownerOf } from '../src/index.ts';

const PARTITIONS = 256;

function workers(count: number): ReturnType<typeof workerId>[] {
  return Array.from({ length: count }, (_, index) => workerId(`w-${index}`));
}

function shares(owners: readonly (string | undefined)[]): number[] {
  const counts = new Map<string, number>();
  for (const owner of owners) counts.set(owner ?? 'nobody', (counts.get(owner ?? 'nobody') ?? 0) + 1);
  return [...counts.values()];
}

describe('the assignment', () => {
  it('gives nobody anything when there is nobody, and one worker everything', () => {
    expect(assign(3, [])).toEqual([undefined, undefined, undefined]);
    expect(new Set(assign(PARTITIONS, workers(1)))).toEqual(new Set(['w-0']));
  });

  it('does not depend on the order of the members', () => {
    expect(assign(PARTITIONS, workers(7).toReversed())).toEqual(assign(PARTITIONS, workers(7)));
  });

  it.each([2, 3, 5, 10])('gives each of %d workers about the same', (count) => {
    const counts = shares(assign(4096, workers(count)));
    expect(counts).toHaveLength(count);
    for (const share of counts) expect(Math.abs(share - 4096 / count)).toBeLessThan((4096 / count) * 0.2);
  });

  it.each([1, 2, 3, 5, 10])('moves to a newcomer beside %d workers only what the newcomer wins', (count) => {
    const before = assign(PARTITIONS, workers(count));
    const after = assign(PARTITIONS, workers(count + 1));
    const moved = after.filter((owner, partition) => owner !== before[partition]);
    expect(new Set(moved)).toEqual(new Set([`w-${count}`]));
    expect(moved.length).toBeLessThan((PARTITIONS / (count + 1)) * 1.6);
  });

  it('moves only what the one who left had held', () => {
    const before = assign(PARTITIONS, workers(5));
    const rest = workers(5).filter((worker) => worker !== 'w-2');
    const after = assign(PARTITIONS, rest);
    const moved = before.filter((owner, partition) => after[partition] !== owner);
    expect(new Set(moved)).toEqual(new Set(['w-2']));
    expect(after).not.toContain('w-2');
  });

  it('never changes: versions of the broker that disagree would wait for each other', () => {
    const owners = assign(16, workers(4)).map((owner) => owner?.slice(2));
    expect(owners.join('')).toBe('1202130202211101');
    expect(ownerOf(partitionId(15), workers(4))).toBe(assign(16, workers(4))[15]);
  });
});
