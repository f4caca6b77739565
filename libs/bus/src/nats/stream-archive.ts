/**
 * Streams out of a server and back into one, as JetStream's own snapshots: every message with its sequence and time, so that what
 * is restored is what was saved. A connection of its own: neither brokers nor their limits are touched.
 *
 * The server sends chunks and goes on after each acknowledgement, so a slow disk slows it down instead of filling memory.
 */
import { TimeoutError, withTimeout } from '@voltlane/time';
import { createInbox, type Msg, type NatsConnection } from 'nats';
import { BusError } from '../errors.ts';
import { dial } from './dial.ts';
import { readAnswer } from './jetstream-api.ts';
import { isJsonObject, type JsonObject, numberIn, objectIn, parseJsonObject, stringIn } from './json.ts';
import { type NatsOptions, type ResolvedNatsOptions, resolveNatsOptions } from './options.ts';

/** What a stream holds. */
export interface StreamContents {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
  readonly lastSequence: number;
}

/** What the server says of a snapshot; needed again to restore it. */
export interface SavedStream extends StreamContents {
  /** The stream's settings and state as the server wrote them. */
  readonly description: string;
}

/** The streams of one account. Everything rejects with BusError. */
export interface StreamArchive {
  /** All streams, by name. */
  streams(): Promise<readonly StreamContents[]>;
  /** Reads one stream; `write` gets its bytes in order and is waited for. */
  save(name: string, write: (chunk: Uint8Array) => Promise<void>): Promise<SavedStream>;
  /** Makes the stream again from its description and bytes. `rejected` when one of that name exists. */
  restore(
    description: string,
    chunks: AsyncIterable<Uint8Array>,
    replicas: number | undefined,
  ): Promise<StreamContents>;
  close(): Promise<void>;
}

const EMPTY = new Uint8Array(0);
/** Well below the payload every server takes (1 MiB). */
const CHUNK_BYTES = 131_072;
/** Longest silence of the server between two chunks, ms: it checks all checksums before the first one. */
const SILENCE_MS_MAX = 120_000;

/** Connects; rejects with BusError like `connectNats`. */
export async function openStreamArchive(options: NatsOptions): Promise<StreamArchive> {
  const resolved = resolveNatsOptions(options);
  return new NatsStreamArchive(await dial(resolved), resolved);
}

class NatsStreamArchive implements StreamArchive {
  readonly #client: NatsConnection;
  readonly #options: ResolvedNatsOptions;

  constructor(client: NatsConnection, options: ResolvedNatsOptions) {
    this.#client = client;
    this.#options = options;
  }

  async streams(): Promise<readonly StreamContents[]> {
    const found: StreamContents[] = [];
    for (let total = 1; found.length < total; ) {
      const page = await this.#call('STREAM.LIST', { offset: found.length });
      const streams = Array.isArray(page['streams']) ? page['streams'].filter(isJsonObject) : [];
      if (streams.length === 0) break;
      found.push(...streams.map((stream) => contentsOf(stream)));
      total = numberIn(page, 'total', found.length);
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async save(name: string, write: (chunk: Uint8Array) => Promise<void>): Promise<SavedStream> {
    const inbox = createInbox();
    const subscription = this.#client.subscribe(inbox);
    try {
      const answer = await this.#call(`STREAM.SNAPSHOT.${name}`, {
        deliver_subject: inbox,
        no_consumers: true,
        chunk_size: CHUNK_BYTES,
        jsck: true,
      });
      const messages = subscription[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#within(messages.next(), `the next piece of ${name}`);
        if (next.done === true) throw new BusError('disconnected', `the connection ended in the middle of ${name}`);
        const { data } = next.value;
        refuseStatus(next.value, name);
        if (data.length === 0) break;
        await write(data);
        next.value.respond(EMPTY);
      }
      const description = JSON.stringify({ config: answer['config'], state: answer['state'] });
      return { ...contentsOf(answer), description };
    } finally {
      subscription.unsubscribe();
    }
  }

  async restore(
    description: string,
    chunks: AsyncIterable<Uint8Array>,
    replicas: number | undefined,
  ): Promise<StreamContents> {
    const saved = parseJsonObject(Buffer.from(description));
    const config = objectIn(saved, 'config');
    const name = stringIn(config, 'name');
    if (name === '') throw new BusError('rejected', 'this description names no stream');
    const request = {
      config: replicas === undefined ? config : { ...config, num_replicas: replicas },
      state: objectIn(saved, 'state'),
    };
    const begun = await this.#call(`STREAM.RESTORE.${name}`, request);
    const subject = stringIn(begun, 'deliver_subject');
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
        const answer = await this.#ask(subject, chunk.subarray(at, at + CHUNK_BYTES));
        refuseStatus(answer, name);
        if (answer.data.length > 0) bodyOf(answer.data, name);
      }
    }
    return contentsOf(bodyOf((await this.#ask(subject, EMPTY)).data, name));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #call(name: string, body: object): Promise<JsonObject> {
    const answer = await this.#ask(`$JS.API.${name}`, Buffer.from(JSON.stringify(body)));
    return bodyOf(answer.data, name);
  }

  async #ask(subject: string, data: Uint8Array): Promise<Msg> {
    try {
      return await this.#client.request(subject, data, { timeout: SILENCE_MS_MAX });
    } catch (cause) {
      throw new BusError('unavailable', `no answer on ${subject}: is JetStream on, and does this user see it?`, cause);
    }
  }

  async #within<T>(promise: Promise<T>, what: string): Promise<T> {
    try {
      return await withTimeout(this.#options.clock, promise, SILENCE_MS_MAX, what);
    } catch (cause) {
      if (!(cause instanceof TimeoutError)) throw cause;
      throw new BusError('timeout', `the server did not send ${what} within ${SILENCE_MS_MAX / 1000} s`, cause);
    }
  }
}

/** A snapshot that could not be finished ends with a status instead of silence. */
function refuseStatus({ headers }: Msg, name: string): void {
  const status = headers?.code ?? 0;
  if (status >= 400) throw new BusError('rejected', `${name}: ${status} ${headers?.description ?? ''}`);
}

function bodyOf(data: Uint8Array, what: string): JsonObject {
  const answer = readAnswer(parseJsonObject(data));
  if (answer.kind === 'ok') return answer.body;
  throw new BusError('rejected', `${what}: ${answer.description}`);
}

function contentsOf(stream: JsonObject): StreamContents {
  const state = objectIn(stream, 'state');
  return {
    name: stringIn(objectIn(stream, 'config'), 'name'),
    messages: numberIn(state, 'messages', 0),
    bytes: numberIn(state, 'bytes', 0),
    lastSequence: numberIn(state, 'last_seq', 0),
  };
}
