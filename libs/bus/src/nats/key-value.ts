/** Key-value buckets on JetStream, laid out as every NATS client does: stream `KV_<bucket>`, subjects `$KV.<bucket>.<key>`. */
import { BusError } from '../errors.ts';
import { checkKey, checkKeyFilter, checkStoreName } from '../kv-key.ts';
import type { KeyValue, KvChange, KvEntry, KvOptions, Subscription } from '../ports.ts';
import { encodeHeaders } from './header-codec.ts';
import { API_ERROR, apiError, type JetStreamApi } from './jetstream-api.ts';
import { readThrough, startOrderedConsumer } from './ordered-consumer.ts';
import type { PublishAcks } from './publish-acks.ts';
import { readLastDirect, readLastOfLeader, type StoredMessage } from './stored-message.ts';
import { ensureStream, nanos } from './stream-setup.ts';

const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';
const OPERATION = 'KV-Operation';
const EMPTY = new Uint8Array(0);
const NO_HEADERS = {};
const KEYS_TIMEOUT_MS = 30_000;
/** The stream's limit counts headers, too. */
const HEADER_BYTES = 256;
/**
 * A bucket keeps one message per key, so reading it from its first message brings the newest of each. Not `last_per_subject`: the server
 * lists the messages when the consumer is made, passes over those that were overwritten since, and says that nothing is left before what
 * overwrote them has come (2.9.10: with three writers every third watch was ready without one of six keys).
 */
const WHOLE_BUCKET = 1;
/** What the server says of a message that is not there. */
const GONE: ReadonlySet<number> = new Set([
  API_ERROR.noMessageFound,
  API_ERROR.sequenceNotFound,
  API_ERROR.messageDeleteFailed,
]);
/** The server refuses a shorter one; its default for buckets. */
const DUPLICATE_WINDOW_MS = 120_000;

/** Creates or checks the bucket. */
export async function openNatsKeyValue(api: JetStreamApi, acks: PublishAcks, options: KvOptions): Promise<KeyValue> {
  checkStoreName(options.bucket);
  await ensureStream(api, {
    name: `KV_${options.bucket}`,
    subjects: [`$KV.${options.bucket}.>`],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    num_replicas: api.link.options.bucketReplicas,
    max_age: nanos(options.maxAgeMs),
    max_msgs_per_subject: 1,
    max_msg_size: options.valueBytesMax + HEADER_BYTES,
    duplicate_window: nanos(
      options.maxAgeMs > 0 ? Math.min(options.maxAgeMs, DUPLICATE_WINDOW_MS) : DUPLICATE_WINDOW_MS,
    ),
    allow_direct: true,
    allow_rollup_hdrs: true,
  });
  return new NatsKeyValue(api, acks, options);
}

class NatsKeyValue implements KeyValue {
  readonly #api: JetStreamApi;
  readonly #acks: PublishAcks;
  readonly #options: KvOptions;
  readonly #stream: string;
  readonly #prefix: string;

  constructor(api: JetStreamApi, acks: PublishAcks, options: KvOptions) {
    this.#api = api;
    this.#acks = acks;
    this.#options = options;
    this.#stream = `KV_${options.bucket}`;
    this.#prefix = `$KV.${options.bucket}.`;
  }

  async get(key: string): Promise<KvEntry | undefined> {
    checkKey(key);
    const message = await this.#read(key);
    if (message === undefined || isDeletion(message)) return undefined;
    return { key, value: message.body, revision: message.sequence };
  }

  async put(key: string, value: Uint8Array): Promise<number> {
    this.#check(key, value);
    const ack = await this.#acks.write(this.#prefix + key, encodeHeaders(OPERATION, 'PUT', NO_HEADERS), value);
    if (ack.kind === 'wrong-sequence') throw new BusError('rejected', `put of ${key} was refused as an update`);
    return ack.sequence;
  }

  async update(key: string, value: Uint8Array, expectedRevision: number): Promise<number | undefined> {
    this.#check(key, value);
    const revision = await this.#compareAndSet(key, value, expectedRevision);
    if (revision !== undefined || expectedRevision !== 0) return revision;
    // "Must not exist" includes deleted, and a deletion is a message with a revision.
    const last = await readLastOfLeader(this.#api, this.#stream, this.#prefix + key);
    if (last === undefined || !isDeletion(last)) return undefined;
    return this.#compareAndSet(key, value, last.sequence);
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#acks.write(this.#prefix + key, encodeHeaders(OPERATION, 'DEL', NO_HEADERS), EMPTY);
  }

  async drop(key: string, revision: number): Promise<void> {
    checkKey(key);
    // By number: a newer value of the key has another one, and with one value kept per key the old one is gone already.
    const answer = await this.#api.call(`STREAM.MSG.DELETE.${this.#stream}`, { seq: revision, no_erase: true });
    if (answer.kind === 'error' && !GONE.has(answer.errorNumber)) throw apiError(`drop of ${key}`, answer);
  }

  async keys(filter: string = '>'): Promise<readonly string[]> {
    checkKeyFilter(filter);
    const keys = new Set<string>();
    const options = {
      stream: this.#stream,
      filter: this.#prefix + filter,
      start: WHOLE_BUCKET,
      headersOnly: true,
      onMessage: (message: StoredMessage): void => {
        const key = message.subject.slice(this.#prefix.length);
        if (isDeletion(message)) keys.delete(key);
        else keys.add(key);
      },
    } as const;
    await readThrough(this.#api, options, KEYS_TIMEOUT_MS);
    return [...keys];
  }

  async watch(filter: string, onChange: (change: KvChange) => void, onReady?: () => void): Promise<Subscription> {
    checkKeyFilter(filter);
    // Until ready, a deletion is only worth telling for a key that was told before.
    let told: Set<string> | undefined = new Set();
    return startOrderedConsumer(this.#api, {
      stream: this.#stream,
      filter: this.#prefix + filter,
      start: WHOLE_BUCKET,
      onMessage: (message) => {
        const key = message.subject.slice(this.#prefix.length);
        const deleted = isDeletion(message);
        if (told !== undefined) {
          if (deleted && !told.has(key)) return;
          told.add(key);
        }
        onChange({ key, value: deleted ? undefined : message.body, revision: message.sequence });
      },
      onCaughtUp: () => {
        told = undefined;
        onReady?.();
      },
    });
  }

  #check(key: string, value: Uint8Array): void {
    checkKey(key);
    if (value.length > this.#options.valueBytesMax) {
      const { bucket, valueBytesMax } = this.#options;
      throw new BusError(
        'too-large',
        `value of ${key} has ${value.length} bytes, bucket ${bucket} takes ${valueBytesMax}`,
      );
    }
  }

  /** With one replica any read is the leader's; with more, only the leader's includes every acknowledged write. */
  #read(key: string): Promise<StoredMessage | undefined> {
    const subject = this.#prefix + key;
    return this.#api.link.options.bucketReplicas === 1
      ? readLastDirect(this.#api, this.#stream, subject)
      : readLastOfLeader(this.#api, this.#stream, subject);
  }

  async #compareAndSet(key: string, value: Uint8Array, expected: number): Promise<number | undefined> {
    const ack = await this.#acks.write(
      this.#prefix + key,
      encodeHeaders(EXPECTED, String(expected), NO_HEADERS),
      value,
    );
    return ack.kind === 'stored' ? ack.sequence : undefined;
  }
}

function isDeletion(message: StoredMessage): boolean {
  const operation = message.headers[OPERATION];
  return operation === 'DEL' || operation === 'PURGE';
}
