/**
 * A partition is acted for under one epoch at a time: once somebody acted under a higher one, nobody acts under a lower, in the
 * journal of a charger or on a socket of an edge.
 */
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** Watches records and what edges do. */
export const oneEpoch: CreateInvariant = (report): Invariant => {
  const recorded = new Map<string, { readonly epoch: number; readonly worker: string }>();
  const seen = new Map<string, number>();
  return {
    name: 'one-epoch',
    sentence: 'After an effect under one epoch no effect under a lower one is accepted.',
    recorded({ charger, class: kind, epoch, worker, sequence }): void {
      // Telemetry is not fenced by design: it changes no state, and its id is recognised.
      if (kind !== 'state') return;
      if (epoch === 0) report(charger, `${worker} appended at ${sequence} without ever having had a claim`);
      const before = recorded.get(charger);
      if (before !== undefined && epoch < before.epoch)
        report(
          charger,
          `${worker} appended under epoch ${epoch} at ${sequence}, after ${before.worker} under ${before.epoch}`,
        );
      else recorded.set(charger, { epoch, worker });
    },
    downlink({ edge, partition, epoch }): void {
      const key = `${edge} ${partition}`;
      if (epoch > (seen.get(key) ?? 0)) seen.set(key, epoch);
    },
    acted({ edge, partition, epoch }): void {
      const highest = seen.get(`${edge} ${partition}`) ?? 0;
      if (epoch < highest)
        report(undefined, `${edge} acted on epoch ${epoch} of partition ${partition} after it had seen ${highest}`);
    },
  };
};
