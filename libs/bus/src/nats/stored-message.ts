/** Messages as streams keep them, and the three ways they reach us: direct read, read through the leader, consumer delivery. */
import { parseIsoTime } from '@voltlane/time';
import type { Msg } from 'nats';
import { BusError } from '../errors.ts';
import { decodeHeaders, readHeaders } from './header-codec.ts';
import { API_ERROR, apiError, type JetStreamApi } from './jetstream-api.ts';
import { numberIn, objectIn, stringIn } from './json.ts';

/** A message of a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly storedAtMs: number;
  /** All headers, the server's included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a consumer delivery says about its place. */
export interface DeliveryPlace {
  readonly sequence: number;
  readonly consumerSequence: number;
  readonly storedAtMs: number;
  /** Messages the consumer still has for us after this one. */
  readonly pending: number;
}

const EMPTY = new Uint8Array(0);

/** Newest message on `subject`, from any replica: cheap, and possibly older than what the leader holds. */
export async function readLastDirect(
  api: JetStreamApi,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> {
  const { ackTimeoutMs } = api.link.options;
  const message = await api.ask(`$JS.API.DIRECT.GET.${stream}.${subject}`, EMPTY, ackTimeoutMs);
  const { headers } = message;
  const status = headers?.code ?? 0;
  if (status === 404) return undefined;
  if (status !== 0)
    throw new BusError('unavailable', `reading ${subject} of ${stream}: ${status} ${headers?.description ?? ''}`);
  const read = readHeaders(headers);
  return {
    subject: read['Nats-Subject'] ?? subject,
    sequence: Number(read['Nats-Sequence'] ?? '0'),
    storedAtMs: parseIsoTime(read['Nats-Time-Stamp'] ?? '') ?? 0,
    headers: read,
    body: message.data,
  };
}

/** Newest message on `subject`, from the leader: never older than an acknowledged write. */
export async function readLastOfLeader(
  api: JetStreamApi,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> {
  const { ackTimeoutMs } = api.link.options;
  const answer = await api.query(`STREAM.MSG.GET.${stream}`, { last_by_subj: subject }, ackTimeoutMs);
  if (answer.kind === 'error') {
    if (answer.errorNumber === API_ERROR.noMessageFound) return undefined;
    throw apiError(`reading ${subject} of ${stream}`, answer);
  }
  const message = objectIn(answer.body, 'message');
  return {
    subject: stringIn(message, 'subject'),
    sequence: numberIn(message, 'seq', 0),
    storedAtMs: parseIsoTime(stringIn(message, 'time')) ?? 0,
    headers: decodeHeaders(Buffer.from(stringIn(message, 'hdrs'), 'base64')),
    body: Buffer.from(stringIn(message, 'data'), 'base64'),
  };
}

/**
 * Reads the reply subject of a delivery: `$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<consumer sequence>.<ns>.<pending>`,
 * or the same with domain and account before the stream and a token at the end.
 */
export function readPlace(reply: string | undefined): DeliveryPlace | undefined {
  if (reply === undefined || !reply.startsWith('$JS.ACK.')) return undefined;
  const tokens = reply.split('.');
  const shift = tokens.length >= 11 ? 2 : 0;
  if (tokens.length < 9) return undefined;
  return {
    sequence: Number(tokens[5 + shift]),
    consumerSequence: Number(tokens[6 + shift]),
    // Nanoseconds do not fit a double; milliseconds do.
    storedAtMs: Number((tokens[7 + shift] ?? '').slice(0, -6)),
    pending: Number(tokens[8 + shift]),
  };
}

/** A consumer delivery as a stored message. */
export function fromDelivery(message: Msg, place: DeliveryPlace): StoredMessage {
  return {
    subject: message.subject,
    sequence: place.sequence,
    storedAtMs: place.storedAtMs,
    headers: readHeaders(message.headers),
    body: message.data,
  };
}
