/**
 * Writes into streams, acknowledged on our own inbox. An acknowledged write is stored by JetStream's own rules; one that ended in
 * `timeout` or `disconnected` may or may not be.
 */
import { BusError } from '../errors.ts';
import { API_ERROR, apiError, readAnswer } from './jetstream-api.ts';
import { parseJsonObject } from './json.ts';
import type { NatsLink } from './link.ts';
import type { Replies } from './replies.ts';

/** What the server did with a write. */
export type WriteAck =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | { readonly kind: 'wrong-sequence' };

const WRONG_SEQUENCE: WriteAck = { kind: 'wrong-sequence' };

/** The writer of one connection. */
export class PublishAcks {
  readonly #link: NatsLink;
  readonly #replies: Replies;

  constructor(link: NatsLink, replies: Replies) {
    this.#link = link;
    this.#replies = replies;
  }

  /** Writes `data` with `headers` (encoded) and resolves to the acknowledgement. */
  write(subject: string, headers: Uint8Array, data: Uint8Array): Promise<WriteAck> {
    return new Promise((resolve, reject) => {
      const link = this.#link;
      link.requireConnected();
      const bytesMax = link.client.info?.max_payload;
      if (bytesMax !== undefined && headers.length + data.length > bytesMax) {
        throw new BusError(
          'too-large',
          `write of ${headers.length + data.length} bytes to ${subject} is above the bus's ${bytesMax}`,
        );
      }
      if (!link.admit(headers.length + data.length)) {
        link.counters.overloads += 1;
        throw new BusError(
          'overloaded',
          `write to ${subject}: the server has not confirmed ${link.options.outboundBytesMax} bytes yet`,
        );
      }
      const reply = this.#replies.expect(
        {
          answered: (message, noResponders) => {
            if (noResponders) reject(new BusError('unavailable', `no stream takes ${subject} now`));
            else settle(subject, message.data, resolve, reject);
          },
          failed: reject,
        },
        link.options.ackTimeoutMs,
        `write to ${subject}`,
      );
      link.send(subject, data, reply, headers);
    });
  }
}

function settle(
  subject: string,
  data: Uint8Array,
  resolve: (ack: WriteAck) => void,
  reject: (error: BusError) => void,
): void {
  const answer = readAnswer(parseJsonObject(data));
  if (answer.kind === 'error') {
    const { errorNumber } = answer;
    if (errorNumber === API_ERROR.wrongLastSequence || errorNumber === API_ERROR.wrongLastSequenceConstant)
      resolve(WRONG_SEQUENCE);
    else reject(apiError(`write to ${subject}`, answer));
    return;
  }
  const sequence = answer.body['seq'];
  if (typeof sequence === 'number') resolve({ kind: 'stored', sequence, duplicate: answer.body['duplicate'] === true });
  // Somebody else than JetStream answered, e.g. a plain subscriber on the subject: nothing is known to be stored.
  else reject(new BusError('rejected', `write to ${subject} was answered by something that is not JetStream`));
}
