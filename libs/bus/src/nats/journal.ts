/**
 * The journal on JetStream: one stream without an age limit of the server's; `trim` takes out what is old.
 *
 * Invariants:
 * 1. The expected sequence of an append is compared by the stream's leader alone, against the same records `readLast` reads.
 * 2. The newest record of a state subject never leaves the stream, so its sequence is always what the next append must expect.
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
import { trimJournal } from './journal-trim.ts';
import { type JsonObject, numberIn, objectIn } from './json.ts';
import { openNatsKeyValue } from './key-value.ts';
import { startOrderedConsumer } from './ordered-consumer.ts';
import type { PublishAcks } from './publish-acks.ts';
import { readLastDirect, type StoredMessage } from './stored-message.ts';
import { ensureStream, nanos } from './stream-setup.ts';
import { TrimMark } from './trim-mark.ts';

const MESSAGE_ID = /^[\x21-\x7e]+$/;

/** Creates or checks the stream. */
export async function openNatsJournal(api: JetStreamApi, acks: PublishAcks, options: JournalOptions): Promise<Journal> {
  checkStoreName(options.name);
  checkFilter(options.subjects);
  checkFilter(options.stateSubjects);
  checkFilter(options.meterSubjects);
  await ensureStream(api, {
    name: options.name,
    subjects: [options.subjects],
    retention: 'limits',
    storage: options.storage,
    discard: 'old',
    num_replicas: options.replicas,
    max_age: 0,
    max_msgs_per_subject: -1,
    max_msg_size: -1,
    duplicate_window: nanos(options.duplicateWindowMs),
    allow_direct: true,
  });
  return new NatsJournal(api, acks, options);
}

class NatsJournal implements Journal {
  readonly #api: JetStreamApi;
  readonly #acks: PublishAcks;
  readonly #options: JournalOptions;
  readonly #trimMark: TrimMark;
  readonly #isState: (subject: string) => boolean;
  readonly #isMeter: (subject: string) => boolean;

  constructor(api: JetStreamApi, acks: PublishAcks, options: JournalOptions) {
    this.#api = api;
    this.#acks = acks;
    this.#options = options;
    this.#trimMark = new TrimMark(() =>
      openNatsKeyValue(api, acks, { bucket: `${options.name}_trimmed`, maxAgeMs: 0, valueBytesMax: 64 }),
    );
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
    if (newest === undefined) return { expectedSequence: 0, record: undefined };
    return { expectedSequence: newest.sequence, record: toRecord(newest) };
  }

  trim(): Promise<number> {
    return trimJournal(this.#api, this.#options, this.#trimMark);
  }

  async consume(
    filter: string,
    fromSequence: number,
    onRecord: (record: StoredRecord) => void | Promise<void>,
    onCaughtUp?: () => void,
  ): Promise<Subscription> {
    checkFilter(filter);
    return startOrderedConsumer(this.#api, {
      stream: this.#options.name,
      filter,
      start: fromSequence,
      onMessage: (message) => onRecord(toRecord(message)),
      ...(onCaughtUp === undefined ? {} : { onCaughtUp }),
    });
  }

  async consumeNewest(
    filter: string,
    onRecord: (record: StoredRecord) => void | Promise<void>,
    onReady: () => void,
  ): Promise<Subscription> {
    checkFilter(filter);
    return startOrderedConsumer(this.#api, {
      stream: this.#options.name,
      filter,
      start: 'last-per-subject',
      nothingBefore: await this.lastSequence(),

      onMessage: (message) => onRecord(toRecord(message)),
      onCaughtUp: onReady,
    });
  }

  async lastSequence(): Promise<number> {
    return numberIn(await this.#state(), 'last_seq', 0);
  }

  async completeFrom(): Promise<number> {
    // An operator may have purged the stream by hand; a stream that never held anything says 0.
    const oldest = numberIn(await this.#state(), 'first_seq', 0);
    return Math.max(1, oldest, await this.#trimMark.read());
  }

  async #state(): Promise<JsonObject> {
    const answer = await this.#api.call(`STREAM.INFO.${this.#options.name}`);
    if (answer.kind === 'error') throw apiError(`journal ${this.#options.name}`, answer);
    return objectIn(answer.body, 'state');
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

function toRecord(message: StoredMessage): StoredRecord {
  return {
    subject: message.subject,
    sequence: message.sequence,
    storedAtMs: message.storedAtMs,
    headers: ownHeaders(message.headers),
    body: message.body,
  };
}
