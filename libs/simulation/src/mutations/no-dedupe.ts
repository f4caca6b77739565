/** The new owner of a charger does not know what was answered. */
import { decodeStateHeader, encodeStateHeader } from '@voltlane/wire';
import type { Mutation } from '../mutation.ts';

const STATE_HEADER = 'Voltlane-State';

/** A state header with some of its lists emptied. */
function without(header: string, change: (state: object) => object): string {
  const state = decodeStateHeader(header);
  return typeof state === 'object' && state !== null ? encodeStateHeader(change(state)) : header;
}

/** A journal that changes each state it is given. */
export function forgetful(change: (state: object) => object): NonNullable<Mutation['journal']> {
  return (journal) => ({
    ...journal,
    append: (subject, record, expectedSequence) => {
      const header = record.headers[STATE_HEADER];
      if (header === undefined) return journal.append(subject, record, expectedSequence);
      const headers = { ...record.headers, [STATE_HEADER]: without(header, change) };
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
