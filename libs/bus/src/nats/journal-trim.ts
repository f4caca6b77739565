/**
 * Takes old records out of the journal, never the newest record of a state subject. The server's own age limit cannot spare that
 * one, and a copy of it in a second stream cannot be kept by the server: see README, "Why one stream".
 *
 * Invariants:
 * 1. A purge of a state subject stops below the subject's newest record as read before, so what is appended meanwhile stays.
 * 2. A purge below sequence 1 is never sent: the server would purge everything.
 * 3. How far it goes is written down before the first purge.
 * 4. Any number of processes may trim at once; what one purged the other does not find.
 */
import { isoTime } from '@voltlane/time';
import type { JournalOptions } from '../ports.ts';
import { type ApiAnswer, apiError, type JetStreamApi } from './jetstream-api.ts';
import { isJsonObject, type JsonObject, numberIn, objectIn, stringIn } from './json.ts';
import { readLastDirect } from './stored-message.ts';
import type { TrimMark } from './trim-mark.ts';

/** Purges under way at once. */
const PARALLEL = 16;
/** For one purge; a wide one reads the whole stream. */
const PURGE_MS_MAX = 60_000;

/** Purges what is older than the journal's age; resolves to the number of records that went. */
export async function trimJournal(api: JetStreamApi, options: JournalOptions, mark: TrimMark): Promise<number> {
  const before = await firstSequenceToKeep(api, options);
  if (before <= 1) return 0;
  await mark.raise(before);
  let purged = await purgeBelow(api, options.name, options.meterSubjects, before);
  const subjects = await subjectsWithHistory(api, options);
  const lane = async (): Promise<void> => {
    for (;;) {
      const subject = subjects.pop();
      if (subject === undefined) return;
      const newest = await readLastDirect(api, options.name, subject);
      if (newest === undefined) continue;
      // Read the sum only after the wait: the lanes run side by side.
      const went = await purgeBelow(api, options.name, subject, Math.min(before, newest.sequence));
      purged += went;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return purged;
}

/** A consumer that starts at a time is told the sequence before the first record it would deliver. */
async function firstSequenceToKeep(api: JetStreamApi, options: JournalOptions): Promise<number> {
  const answer = await api.call(`CONSUMER.CREATE.${options.name}`, {
    stream_name: options.name,
    config: {
      deliver_policy: 'by_start_time',
      opt_start_time: isoTime(api.link.options.clock.nowMs() - options.maxAgeMs),
      ack_policy: 'none',
      num_replicas: 1,
      mem_storage: true,
    },
  });
  const body = okBody(answer, `finding the age of ${options.name}`);
  const name = stringIn(body, 'name');
  await api.call(`CONSUMER.DELETE.${options.name}.${name}`);
  return numberIn(objectIn(body, 'delivered'), 'stream_seq', 0) + 1;
}

/** State subjects with more than their newest record; the server lists them page by page. */
async function subjectsWithHistory(api: JetStreamApi, options: JournalOptions): Promise<string[]> {
  const found: string[] = [];
  for (let offset = 0; ; ) {
    const request = { subjects_filter: options.stateSubjects, offset };
    const body = okBody(
      await api.call(`STREAM.INFO.${options.name}`, request, PURGE_MS_MAX),
      `listing ${options.name}`,
    );
    const subjects = objectIn(body, 'state')['subjects'];
    const page = isJsonObject(subjects) ? Object.entries(subjects) : [];
    for (const [subject, count] of page) if (typeof count === 'number' && count > 1) found.push(subject);
    offset += page.length;
    if (page.length === 0 || offset >= numberIn(body, 'total', 0)) return found;
  }
}

/** Purges what matches `filter` and has a sequence below `before`. */
async function purgeBelow(api: JetStreamApi, journal: string, filter: string, before: number): Promise<number> {
  // The server takes 0 and 1 for "everything that matches" (seen on 2.9.10), the newest state included.
  if (before <= 1) return 0;
  const answer = await api.call(`STREAM.PURGE.${journal}`, { filter, seq: before }, PURGE_MS_MAX);
  return numberIn(okBody(answer, `purging ${filter} of ${journal}`), 'purged', 0);
}

function okBody(answer: ApiAnswer, what: string): JsonObject {
  if (answer.kind === 'error') throw apiError(what, answer);
  return answer.body;
}
