/** The one journal of a broker, named and filtered the same way by everybody who opens it. */
import type { Subjects } from '@voltlane/wire';
import type { JournalOptions } from './ports.ts';

/** Name of the journal of a broker without a subject prefix; on NATS the name of the JetStream stream. */
export const EVENT_JOURNAL_NAME = 'VOLTLANE_EVENTS';

/** How long and how safely the journal keeps its records. */
export type EventJournalSettings = Pick<JournalOptions, 'maxAgeMs' | 'replicas' | 'storage' | 'duplicateWindowMs'>;

/** Options of the journal that holds `event.*.*.state` and `event.*.*.meter` under the prefix of `subjects`. */
export function eventJournalOptions(subjects: Subjects, settings: EventJournalSettings): JournalOptions {
  return {
    name: subjects.prefix === '' ? EVENT_JOURNAL_NAME : `${EVENT_JOURNAL_NAME}_${subjects.prefix.replaceAll('.', '_')}`,
    subjects: subjects.eventFilter({}),
    stateSubjects: subjects.eventFilter({ class: 'state' }),
    meterSubjects: subjects.eventFilter({ class: 'meter' }),
    ...settings,
  };
}
