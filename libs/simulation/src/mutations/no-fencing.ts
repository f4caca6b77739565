/** The journal takes every append, whatever its writer knows of the charger. */
import type { Journal } from '@voltlane/bus';
import type { Mutation } from '../mutation.ts';

/** Appends behind whatever is there. */
export function unfenced(journal: Journal): Journal {
  return {
    ...journal,
    append: async (subject, record) => {
      for (;;) {
        const { expectedSequence } = await journal.readLast(subject);
        const result = await journal.append(subject, record, expectedSequence);
        if (result.kind === 'appended') return result;
      }
    },
  };
}

/** Journal appends without an expected sequence. */
export const noFencing: Mutation = {
  name: 'no-fencing',
  removes: 'Journal appends no longer name the last sequence of the charger’s subject.',
  shownBy: ['storeSlow', 'crash', 'partition'],
  foundBy: ['one-epoch', 'effects-once', 'order-per-charger', 'history', 'newest-socket', 'convergence'],
  journal: unfenced,
};
