/** The testkit's history checker over what the chargers believe and what the journal holds: energy, starts and ends, order. */
import { checkHistory, type HistoryRecord } from '@voltlane/testkit';
import type { CreateInvariant, Invariant } from '../invariant.ts';

/** Kinds whose data the checker looks at. */
const WITH_DATA: ReadonlySet<string> = new Set(['transaction.started', 'transaction.ended']);
const NO_DATA: Readonly<Record<string, unknown>> = {};

/** Keeps lean copies of all records and checks them at the end. */
export const history: CreateInvariant = (report): Invariant => {
  const records: HistoryRecord[] = [];
  return {
    name: 'history',
    sentence: 'The journal tells of every completed session what the charger itself believes.',
    recorded({ sequence, record, charger }): void {
      const events = record.events.map(({ id, kind, at, data }) => ({
        id,
        kind,
        at,
        data: WITH_DATA.has(kind) ? data : NO_DATA,
      }));
      const { source } = record;
      const lean = { v: record.v, tenant: record.tenant, charger, recordedAt: record.recordedAt, events };
      records.push({
        sequence,
        subject: '',
        record: source === undefined ? lean : { ...lean, source: { ...source, payload: undefined } },
      });
    },
    ended({ sessions }): void {
      for (const problem of checkHistory(records, sessions)) report(problem.split(/[ :]/, 1)[0], problem);
    },
  };
};
