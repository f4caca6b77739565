/** The new owner of a charger does not know what was answered. */
import { type ChargerState, readState, STATE_HEADER, writeState } from '@voltlane/charger-state';
import type { Mutation } from '../mutation.ts';

/** A journal that changes each state it is given. */
export function forgetful(change: (state: ChargerState) => ChargerState): NonNullable<Mutation['journal']> {
  return (journal) => ({
    ...journal,
    append: (subject, record, expectedSequence) => {
      if (record.headers[STATE_HEADER] === undefined) return journal.append(subject, record, expectedSequence);
      const headers = { ...record.headers, [STATE_HEADER]: writeState(change(readState(record.headers))) };
      return journal.append(subject, { ...record, headers }, expectedSequence);
    },
  });
}

/** The list of answered calls does not travel. */
export const noDedupe: Mutation = {
  name: 'no-dedupe',
  removes: 'The list of answered calls no longer travels in the state of the charger.',
  shownBy: ['storeForget', 'crash', 'reboot'],
  foundBy: ['effects-once', 'history'],
  journal: forgetful((state) => ({ ...state, answered: [] })),
};

/** Neither do the transactions, by whose content a repetition under another id is recognised. */
export const noContentDedupe: Mutation = {
  name: 'no-content-dedupe',
  removes: 'Open and ended transactions no longer travel in the state: the same content under another id is new.',
  foundBy: ['effects-once', 'history', 'no-acknowledged-loss'],
  journal: forgetful((state) => ({ ...state, open: [], ended: [] })),
};
