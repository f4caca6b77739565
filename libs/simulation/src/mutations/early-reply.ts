/** The journal says "durable" before it is: replies leave before the append. */
import type { AppendResult } from '@voltlane/bus';
import type { Mutation } from '../mutation.ts';

/** How long the append really takes. */
const APPEND_MS = 50;

/** Appends acknowledged on arrival and done later, in order. */
export const earlyReply: Mutation = {
  name: 'early-reply',
  removes: 'The reply to the charger no longer waits for the acknowledgement of the append.',
  foundBy: ['no-acknowledged-loss'],
  journal: (journal, { clock }) => {
    const queues = new Map<string, Promise<unknown>>();
    return {
      ...journal,
      append: (subject, record, expectedSequence): Promise<AppendResult> => {
        const before = queues.get(subject) ?? Promise.resolve();
        const append = before
          .then(() => new Promise<void>((resolve) => void clock.after(APPEND_MS, resolve)))
          .then(() => journal.readLast(subject))
          .then((tail) => journal.append(subject, record, tail.expectedSequence));
        queues.set(
          subject,
          append.catch(() => undefined),
        );
        return Promise.resolve({ kind: 'appended', sequence: expectedSequence + 1 });
      },
    };
  },
};
