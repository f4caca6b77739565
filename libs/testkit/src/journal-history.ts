/** Everything the journal holds, decoded, in the order the journal took it. */
import type { Journal } from '@voltlane/bus';
import type { EventBody, EventRecord } from '@voltlane/wire';
import { decodeEventRecord } from '@voltlane/wire';

/** One record with its place in the journal. */
export interface HistoryRecord {
  readonly sequence: number;
  readonly subject: string;
  readonly record: EventRecord;
}

/** One event with the record it came in. */
export interface HistoryEvent {
  readonly sequence: number;
  readonly charger: string;
  readonly messageId: string | undefined;
  readonly action: string | undefined;
  readonly event: EventBody;
}

/** Reads all records from the oldest to the newest as of now. */
export async function readHistory(journal: Journal, filter: string): Promise<readonly HistoryRecord[]> {
  const last = await journal.lastSequence();
  const records: HistoryRecord[] = [];
  if (last === 0) return records;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const silence = setTimeout(
    () => reject(new Error(`the journal went silent at ${records.length} of ${last}`)),
    120_000,
  );
  const subscription = await journal.consume(filter, 1, (stored) => {
    const known = records.at(-1)?.sequence ?? 0;
    if (stored.sequence > known) {
      records.push({ sequence: stored.sequence, subject: stored.subject, record: decodeEventRecord(stored.body) });
    }
    if (stored.sequence >= last) resolve();
  });
  try {
    await promise;
  } finally {
    clearTimeout(silence);
    subscription.unsubscribe();
  }
  return records;
}

/** The events of a history, flat, by charger. */
export function eventsByCharger(history: readonly HistoryRecord[]): ReadonlyMap<string, readonly HistoryEvent[]> {
  const chargers = new Map<string, HistoryEvent[]>();
  for (const { sequence, record } of history) {
    const events = chargers.get(record.charger) ?? [];
    chargers.set(record.charger, events);
    for (const event of record.events) {
      const { messageId, action } = record.source ?? {};
      events.push({ sequence, charger: record.charger, messageId, action, event });
    }
  }
  return chargers;
}
