/** A new owner does not know which commands are open. */
import type { Mutation } from '../mutation.ts';
import { forgetful } from './no-dedupe.ts';

/** Commands do not travel in the state of the charger. */
export const noCommandMemory: Mutation = {
  name: 'no-command-memory',
  removes: 'Queue and sent command no longer travel in the state of the charger.',
  foundBy: ['commands-end-once'],
  journal: forgetful((state) => ({ ...state, commands: { queue: [], sent: undefined, timeouts: 0, triggered: [] } })),
};
