/**
 * A worker that lost a partition stops by itself before anybody else takes it: what it would still do is fenced at journal and edge,
 * but the fences are the second line, and telemetry has only this one.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** Watches what workers are about to do. */
export const singleActor: CreateInvariant = (report): Invariant => ({
  name: 'single-actor',
  sentence: 'No worker acts for a partition after another has taken it.',
  acting({ worker, partition, epoch, newestEpoch, what }): void {
    if (epoch < newestEpoch)
      report(
        undefined,
        `${worker} sent ${what} for partition ${partition} under epoch ${epoch} when ${newestEpoch} was taken`,
      );
  },
});
