/**
 * What is published in one turn of the event loop goes to the client together. The client writes to its socket in a microtask,
 * which is after each single input: one write, and one wake-up of the server, per message. Messages that came in together leave
 * together this way. As long as the next turn, which does not wait, brings more, that leaves with them: a busy process writes less often, an
 * idle one at once (docs/decisions/0013-overload.md has the figures).
 *
 * Invariant: messages reach the client in the order they were handed in; what a closed or broken connection makes of them is the
 * same as without the queue.
 */
import { atTurnEnd } from '@voltlane/time';
import type { NatsConnection } from 'nats';
import { withHeaders } from './header-codec.ts';

/** Bytes that are not worth waiting with. */
const HELD_BYTES_MAX = 65_536;
/** Messages a write is shared by well enough. With more, the processes worked in turns instead of side by side, and did a fifth less. */
const HELD_MESSAGES_MAX = 16;
/** Turns a message waits for at most. */
const HELD_TURNS_MAX = 4;

interface Outgoing {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply: string | undefined;
  readonly headers: Uint8Array | undefined;
}

/** The queue in front of one client. */
export class OutgoingQueue {
  readonly #client: Pick<NatsConnection, 'publish' | 'isClosed'>;
  readonly #failed: (error: unknown, subject: string) => void;
  #messages: Outgoing[] = [];
  #bytes = 0;
  #scheduled = false;
  /** Turns the first message has waited, and the messages there were at the end of the last of them. */
  #turns = 0;
  #before = 0;

  constructor(client: Pick<NatsConnection, 'publish' | 'isClosed'>, failed: (error: unknown, subject: string) => void) {
    this.#client = client;
    this.#failed = failed;
  }

  /** Takes a message; its bytes must not change any more. */
  push(subject: string, data: Uint8Array, reply?: string, headers?: Uint8Array): void {
    this.#messages.push({ subject, data, reply, headers });
    this.#bytes += data.length;
    if (this.#bytes >= HELD_BYTES_MAX) {
      this.flush();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    atTurnEnd(this.#atTurnEnd);
  }

  /** Hands everything to the client now. */
  flush(): void {
    const messages = this.#messages;
    if (messages.length === 0) return;
    this.#messages = [];
    this.#bytes = 0;
    this.#turns = 0;
    this.#before = 0;
    // Whoever waits for an answer has heard of the end already.
    if (this.#client.isClosed()) return;
    for (const message of messages) {
      try {
        this.#publish(message);
      } catch (error) {
        this.#failed(error, message.subject);
      }
    }
  }

  readonly #atTurnEnd = (): void => {
    const { length } = this.#messages;
    if (length > this.#before && length < HELD_MESSAGES_MAX && this.#turns < HELD_TURNS_MAX) {
      this.#before = length;
      this.#turns += 1;
      atTurnEnd(this.#atTurnEnd);
      return;
    }
    this.#scheduled = false;
    this.flush();
  };

  #publish({ subject, data, reply, headers }: Outgoing): void {
    if (headers !== undefined)
      this.#client.publish(subject, data, { reply: reply ?? '', headers: withHeaders(headers) });
    else if (reply !== undefined) this.#client.publish(subject, data, { reply });
    else this.#client.publish(subject, data);
  }
}
