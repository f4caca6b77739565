/** Requests to JetStream's own interface, over our own inbox and deadlines; the server's errors become ours. */
import type { CancelTimer } from '@voltlane/time';
import type { Msg } from 'nats';
import { BusError } from '../errors.ts';
import { type JsonObject, numberIn, objectIn, parseJsonObject, stringIn } from './json.ts';
import type { NatsLink } from './link.ts';
import type { Replies } from './replies.ts';

/** JetStream's error numbers that mean something to us. */
export const API_ERROR = {
  /** Fewer servers are up, or known to the leader, than a stream wants copies. */
  noSuitablePeers: 10005,
  noMessageFound: 10037,
  sequenceNotFound: 10043,
  /** Also what deleting a message says that is gone. */
  messageDeleteFailed: 10057,
  jetStreamNotEnabledForAccount: 10039,
  streamNameInUse: 10058,
  streamNotFound: 10059,
  subjectsOverlap: 10065,
  wrongLastSequence: 10071,
  jetStreamNotEnabled: 10076,
  /** The same as 10071 in newer servers. */
  wrongLastSequenceConstant: 10164,
} as const;

/** What the server answered: a body, or its error. */
export type ApiAnswer =
  | { readonly kind: 'ok'; readonly body: JsonObject }
  | { readonly kind: 'error'; readonly status: number; readonly errorNumber: number; readonly description: string };

const EMPTY = new Uint8Array(0);
const API_TIMEOUT_MS = 5_000;
/**
 * JetStream says nothing to a question about a stream that has just been made or is without a leader, so what changes nothing is asked
 * again after this time, then after twice that, and so on: a server that is only slow is not to drown in copies. Its first answer counts,
 * whichever question it is for.
 */
const ASK_AGAIN_MS = 500;

/** JetStream as one connection reaches it. */
export class JetStreamApi {
  readonly link: NatsLink;
  readonly #replies: Replies;

  constructor(link: NatsLink, replies: Replies) {
    this.link = link;
    this.#replies = replies;
  }

  /** Calls `$JS.API.<name>`. Rejects only when there is no answer; an error of the server is a value. */
  async call(name: string, body?: object, timeoutMs: number = API_TIMEOUT_MS): Promise<ApiAnswer> {
    const message = await this.send(`$JS.API.${name}`, encodeBody(body), timeoutMs);
    return readAnswer(parseJsonObject(message.data));
  }

  /** Like `call`, for what changes nothing: see `ask`. */
  async query(name: string, body: object | undefined, timeoutMs: number, againMs?: number): Promise<ApiAnswer> {
    const message = await this.ask(`$JS.API.${name}`, encodeBody(body), timeoutMs, againMs);
    return readAnswer(parseJsonObject(message.data));
  }

  /** Asks what changes nothing, for `timeoutMs`, again first after `againMs`; resolves to the first answer. */
  async ask(subject: string, data: Uint8Array, timeoutMs: number, againMs: number = ASK_AGAIN_MS): Promise<Msg> {
    let again: CancelTimer | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const ask = (leftMs: number, waitMs: number): void => {
          this.send(subject, data, leftMs).then(resolve, reject);
          if (leftMs > waitMs) again = this.link.options.clock.after(waitMs, () => ask(leftMs - waitMs, 2 * waitMs));
        };
        ask(timeoutMs, againMs);
      });
    } finally {
      again?.();
    }
  }

  /** Sends `data` to an API subject and resolves to the raw answer. */
  send(subject: string, data: Uint8Array, timeoutMs: number): Promise<Msg> {
    return new Promise((resolve, reject) => {
      this.link.requireConnected();
      const reply = this.#replies.expect(
        {
          answered: (message, noResponders) => {
            if (noResponders)
              reject(
                new BusError(
                  'no-jetstream',
                  `${this.link.options.name}: nothing serves ${subject}; start nats-server with -js`,
                ),
              );
            else resolve(message);
          },
          failed: reject,
        },
        timeoutMs,
        subject,
      );
      this.link.send(subject, data, reply);
    });
  }
}

function encodeBody(body: object | undefined): Uint8Array {
  return body === undefined ? EMPTY : Buffer.from(JSON.stringify(body));
}

/** Reads `{error: …}` or the body of an answer of JetStream. */
export function readAnswer(body: JsonObject): ApiAnswer {
  if (body['error'] === undefined) return { kind: 'ok', body };
  const error = objectIn(body, 'error');
  return {
    kind: 'error',
    status: numberIn(error, 'code', 0),
    errorNumber: numberIn(error, 'err_code', 0),
    description: stringIn(error, 'description'),
  };
}

/** The error of an answer as ours; `what` names the operation and its key. */
export function apiError(what: string, answer: Extract<ApiAnswer, { kind: 'error' }>): BusError {
  const text = `${what}: ${answer.description} (${answer.errorNumber})`;
  switch (answer.errorNumber) {
    case API_ERROR.jetStreamNotEnabled:
    case API_ERROR.jetStreamNotEnabledForAccount:
      return new BusError('no-jetstream', `${text}; start nats-server with -js`);
    case API_ERROR.noSuitablePeers:
      // Its status is 400, but it passes: a cluster that has just elected a leader says it until the leader has heard of the others.
      return new BusError('unavailable', `${text}: fewer servers with JetStream are up than copies are wanted`);
    default:
      // 503: no leader, no room, shutting down. 500 with a store error is the same to us: not now.
      return new BusError(answer.status >= 500 ? 'unavailable' : 'rejected', text);
  }
}
