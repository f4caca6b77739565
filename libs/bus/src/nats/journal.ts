/**
 * The journal on JetStream: one stream that ages, and a second one sourced from it that keeps the newest record of each state subject
 * for ever.
 *
 * Invariants:
 * 1. The expected sequence of an append is compared by the journal stream's leader alone.
 * 2. A state that only the second stream still has is read through its leader: a replica that lags must not bring back an older
 *    state with the expected sequence 0, which would be accepted.
 */
import { BusError } from '../errors.ts';
import { checkStoreName } from '../kv-key.ts';
import type {
  AppendResult,
  Journal,
  JournalOptions,
  JournalRecord,
  JournalTail,
  RecordResult,
  StoredRecord,
  Subscription,
} from '../ports.ts';
import { checkHeaders, checkRecordSize } from '../record.ts';
import { checkFilter, checkSubject, compileFilter } from '../subject.ts';
import { encodeHeaders, ownHeaders } from './header-codec.ts';
import { apiError, type JetStreamApi } from './jetstream-api.ts';
import { numberIn, objectIn } from './json.ts';
import { startOrderedConsumer } from './ordered-consumer.ts';
import type { PublishAcks } from './publish-acks.ts';
import { readLastDirect, readLastOfLeader, type StoredMessage } from './stored-message.ts';
import { ensureStream, nanos } from './stream-setup.ts';

const MESSAGE_ID = /^[\x21-\x7e]+$/;

/** Creates or checks both streams. */
export async function openNatsJournal(api: JetStreamApi, acks: PublishAcks, options: JournalOptions): Promise<Journal> {
  checkStoreName(options.name);
  checkFilter(options.stateSubjects);
  checkFilter(options.meterSubjects);
  const shared = {
    retention: 'limits',
    storage: options.storage,
    discard: 'old',
    num_replicas: options.replicas,
    max_msg_size: -1,
    allow_direct: true,
  } as const;
  await ensureStream(api, {
    ...shared,
    name: options.name,
    subjects: [options.stateSubjects, options.meterSubjects],
    max_age: nanos(options.maxAgeMs),
    max_msgs_per_subject: -1,
    // The server refuses a window above the age.
    duplicate_window: nanos(Math.min(options.duplicateWindowMs, options.maxAgeMs)),
  });
  await ensureStream(api, {
    ...shared,
    name: lastStateStream(options.name),
    sources: [{ name: options.name, filter_subject: options.stateSubjects }],
    max_age: 0,
    max_msgs_per_subject: 1,
  });
  return new NatsJournal(api, acks, options);
}

/** Name of the stream that keeps the newest state of each subject. */
export function lastStateStream(journal: string): string {
  return `${journal}-last-state`;
}

class NatsJournal implements Journal {
  readonly #api: JetStreamApi;
  readonly #acks: PublishAcks;
  readonly #options: JournalOptions;
  readonly #isState: (subject: string) => boolean;
  readonly #isMeter: (subject: string) => boolean;

  constructor(api: JetStreamApi, acks: PublishAcks, options: JournalOptions) {
    this.#api = api;
    this.#acks = acks;
    this.#options = options;
    this.#isState = compileFilter(options.stateSubjects);
    this.#isMeter = compileFilter(options.meterSubjects);
  }

  async append(subject: string, record: JournalRecord, expectedSequence: number): Promise<AppendResult> {
    const headers = this.#encode(subject, record, 'Nats-Expected-Last-Subject-Sequence', String(expectedSequence));
    const ack = await this.#acks.write(subject, headers, record.body);
    const { counters } = this.#api.link;
    if (ack.kind === 'wrong-sequence') {
      counters.appendConflicts += 1;
      return { kind: 'conflict' };
    }
    counters.appends += 1;
    return { kind: 'appended', sequence: ack.sequence };
  }

  async record(subject: string, record: JournalRecord, id: string): Promise<RecordResult> {
    if (!MESSAGE_ID.test(id)) throw new BusError('bad-subject', `not a record id: ${JSON.stringify(id)}`);
    const ack = await this.#acks.write(subject, this.#encode(subject, record, 'Nats-Msg-Id', id), record.body);
    if (ack.kind === 'wrong-sequence') throw new BusError('rejected', `record on ${subject} was refused as an append`);
    this.#api.link.counters.appends += 1;
    return { kind: ack.duplicate ? 'duplicate' : 'appended', sequence: ack.sequence };
  }

  async readLast(subject: string): Promise<JournalTail> {
    checkSubject(subject);
    const newest = await readLastDirect(this.#api, this.#options.name, subject);
    if (newest !== undefined) return { expectedSequence: newest.sequence, record: toRecord(newest) };
    if (!this.#isState(subject)) return { expectedSequence: 0, record: undefined };
    const state = await readLastOfLeader(this.#api, lastStateStream(this.#options.name), subject);
    return { expectedSequence: 0, record: state === undefined ? undefined : toRecord(state, journalSequence(state)) };
  }

  async consume(
    filter: string,
    fromSequence: number,
    onRecord: (record: StoredRecord) => void | Promise<void>,
  ): Promise<Subscription> {
    checkFilter(filter);
    return startOrderedConsumer(this.#api, {
      stream: this.#options.name,
      filter,
      start: fromSequence,
      onMessage: (message) => onRecord(toRecord(message)),
    });
  }

  async lastSequence(): Promise<number> {
    const answer = await this.#api.call(`STREAM.INFO.${this.#options.name}`);
    if (answer.kind === 'error') throw apiError(`journal ${this.#options.name}`, answer);
    return numberIn(objectIn(answer.body, 'state'), 'last_seq', 0);
  }

  #encode(subject: string, record: JournalRecord, name: string, value: string): Uint8Array {
    checkSubject(subject);
    if (!this.#isState(subject) && !this.#isMeter(subject)) {
      throw new BusError('bad-subject', `journal ${this.#options.name} does not hold ${subject}`);
    }
    checkHeaders(record.headers);
    const bytesMax = this.#api.link.client.info?.max_payload;
    if (bytesMax !== undefined) checkRecordSize(record, bytesMax);
    return encodeHeaders(name, value, record.headers);
  }
}

function toRecord(message: StoredMessage, sequence: number = message.sequence): StoredRecord {
  return {
    subject: message.subject,
    sequence,
    storedAtMs: message.storedAtMs,
    headers: ownHeaders(message.headers),
    body: message.body,
  };
}

/** The second stream counts for itself; the sequence in the journal is the number in `Nats-Stream-Source: <stream> <number> …`. */
function journalSequence(message: StoredMessage): number {
  const tokens = (message.headers['Nats-Stream-Source'] ?? '').split(' ');
  const sequence = Number(tokens[1]);
  return Number.isSafeInteger(sequence) && sequence > 0 ? sequence : message.sequence;
}
