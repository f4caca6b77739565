/** Publish, subscribe and request on core NATS. The hot path: no iterator, no promise, no header parsing for plain messages. */
import type { Msg } from 'nats';
import { BusError } from '../errors.ts';
import type { BusMessage, Messaging, Subscription } from '../ports.ts';
import { checkFilter, checkSubject } from '../subject.ts';
import type { NatsLink } from './link.ts';
import { isNoResponders, type Replies } from './replies.ts';

/** Protocol bytes around a message, roughly. */
const FRAME_BYTES = 64;

/** The client's message behind the port's interface; subject and reply are only decoded when asked for. */
class NatsMessage implements BusMessage {
  readonly data: Uint8Array;
  readonly noResponders: boolean;
  readonly #message: Msg;

  constructor(message: Msg) {
    this.#message = message;
    this.data = message.data;
    this.noResponders = isNoResponders(message);
  }

  get subject(): string {
    return this.#message.subject;
  }

  get reply(): string | undefined {
    const { reply } = this.#message;
    return reply === undefined || reply === '' ? undefined : reply;
  }
}

/** Core messaging over `link`; `replies` holds the requests. */
export class NatsMessaging implements Messaging {
  readonly #link: NatsLink;
  readonly #replies: Replies;

  constructor(link: NatsLink, replies: Replies) {
    this.#link = link;
    this.#replies = replies;
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    checkSubject(subject);
    if (reply !== undefined) checkSubject(reply);
    const link = this.#link;
    const bytesMax = link.client.info?.max_payload;
    if (bytesMax !== undefined && data.length > bytesMax) {
      throw new BusError('too-large', `message of ${data.length} bytes on ${subject} is above the bus's ${bytesMax}`);
    }
    if (!link.admit(data.length + FRAME_BYTES)) {
      link.counters.publishesDropped += 1;
      return;
    }
    link.counters.publishes += 1;
    link.counters.publishedBytes += data.length;
    link.send(subject, data, reply);
  }

  subscribe(subject: string, handler: (message: BusMessage) => void, queue?: string): Subscription {
    checkFilter(subject);
    if (queue !== undefined) checkSubject(queue);
    const link = this.#link;
    if (link.status() === 'closed') throw link.awayError();
    let open = true;
    const handle = (message: Msg): void => {
      if (!open) return;
      const received = new NatsMessage(message);
      try {
        handler(received);
      } catch (thrown) {
        link.handlerFailed(thrown, received.subject);
      }
    };
    const callback = (error: Error | null, message: Msg): void => {
      if (error !== null) {
        link.handlerFailed(new BusError('not-authorized', `subscription to ${subject} was refused`, error), subject);
        return;
      }
      link.counters.deliveries += 1;
      link.counters.deliveredBytes += message.data.length;
      if (link.intake.free()) handle(message);
      else if (!link.intake.keep(() => handle(message))) link.counters.deliveriesDropped += 1;
    };
    const subscription = link.client.subscribe(subject, queue === undefined ? { callback } : { callback, queue });
    link.counters.subscriptions += 1;
    return {
      unsubscribe: () => {
        if (!open) return;
        open = false;
        link.counters.subscriptions -= 1;
        subscription.unsubscribe();
      },
    };
  }

  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#link.requireConnected();
      const reply = this.#replies.expect(
        {
          answered: (message, noResponders) => {
            if (noResponders) reject(new BusError('no-responders', `nobody listens on ${subject}`));
            else this.#inTurn(() => resolve(message.data));
          },
          failed: reject,
        },
        timeoutMs,
        `request on ${subject}`,
      );
      try {
        this.publish(subject, data, reply);
      } catch (error) {
        this.#replies.forget(reply);
        throw error;
      }
    });
  }

  /** Behind the messages that came before it. */
  #inTurn(act: () => void): void {
    if (this.#link.intake.free()) act();
    else if (!this.#link.intake.keep(act)) act();
  }
}
