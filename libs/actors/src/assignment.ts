/**
 * Which worker should hold which partition: rendezvous hashing. Each worker has a weight for each partition, made from nothing but
 * the two names; the highest weight wins. So every process that sees the same members comes to the same answer without asking,
 * and a member that comes or goes moves only the partitions it wins or had won. Pure.
 *
 * The weights must never change: two versions of the broker that disagree would each wait for the other to take a partition.
 */
import type { PartitionId, WorkerId } from '@voltlane/wire';
import { fingerprint } from '@voltlane/wire';

/** The owner of each partition, by its number; empty places when there is nobody. */
export function assign(partitions: number, members: readonly WorkerId[]): readonly (WorkerId | undefined)[] {
  const seeds = members.map((worker) => fingerprint(worker) % 0x1_0000_0000);
  const owners: (WorkerId | undefined)[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    let best: WorkerId | undefined;
    let bestWeight = -1;
    for (const [index, worker] of members.entries()) {
      const weight = weigh(seeds[index] ?? 0, partition);
      // Equal weights happen once in four billion; then the name decides, so that the order of `members` never does.
      if (weight < bestWeight || (weight === bestWeight && best !== undefined && worker > best)) continue;
      best = worker;
      bestWeight = weight;
    }
    owners.push(best);
  }
  return owners;
}

/** The owner of one partition among `members`. */
export function ownerOf(partition: PartitionId, members: readonly WorkerId[]): WorkerId | undefined {
  return assign(partition + 1, members)[partition];
}

function weigh(seed: number, partition: number): number {
  let mixed = seed ^ Math.imul(partition + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
