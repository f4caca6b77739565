/** A worker that hung does not notice: its clock stood still with it. */
import type { Mutation } from '../mutation.ts';

/** The time a pause took is missing from the worker's clock. */
export const noSelfFence: Mutation = {
  name: 'no-self-fence',
  removes: 'A worker no longer notices that it stood still longer than its heartbeats are good for.',
  foundBy: ['single-actor', 'one-epoch'],
  clock: (clock, { node, pausedMs }) =>
    node.startsWith('worker') ? { ...clock, monotonicMs: () => clock.monotonicMs() - pausedMs() } : clock,
};
