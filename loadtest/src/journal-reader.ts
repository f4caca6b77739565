/** Reads the journal of the broker from the place it stood at when the run began, in a stream. */

import type { Bus, Journal } from '@voltlane/bus';
import { eventJournalOptions } from '@voltlane/bus';
import type { EventRecord } from '@voltlane/wire';
import { createSubjects, decodeEventRecord } from '@voltlane/wire';

/** The journal as the run found it. */
export interface JournalReader {
  /** Hands over everything written since the beginning, in order, each record once; resolves to the number of records. */
  readSinceStart(take: (record: EventRecord) => void): Promise<number>;
}

/** The journal went silent before its end. */
const SILENCE_MS_MAX = 30_000;
/** Options of a journal that exists already: nothing is created or altered. */
const AS_IT_IS = { maxAgeMs: 168 * 3_600_000, storage: 'file', duplicateWindowMs: 600_000 } as const;

/** Notes where the journal stands now; the broker must have created it. */
export async function openJournalReader(bus: Bus, subjectPrefix: string, replicas: number): Promise<JournalReader> {
  const subjects = createSubjects(subjectPrefix);
  const journal = await bus.journal(eventJournalOptions(subjects, { ...AS_IT_IS, replicas }));
  const first = (await journal.lastSequence()) + 1;
  return { readSinceStart: (take) => read(journal, subjects.eventFilter({}), first, take) };
}

async function read(
  journal: Journal,
  filter: string,
  first: number,
  take: (record: EventRecord) => void,
): Promise<number> {
  const last = await journal.lastSequence();
  if (last < first) return 0;
  let known = first - 1;
  let count = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let heard = false;
  const watch = setInterval(() => {
    if (!heard) reject(new Error(`the journal went silent at ${known} of ${last}`));
    heard = false;
  }, SILENCE_MS_MAX);
  const subscription = await journal.consume(filter, first, ({ sequence, body }) => {
    heard = true;
    if (sequence > known && sequence <= last) {
      known = sequence;
      count += 1;
      take(decodeEventRecord(body));
    }
    if (sequence >= last) resolve();
  });
  try {
    await promise;
  } finally {
    clearInterval(watch);
    subscription.unsubscribe();
  }
  return count;
}
