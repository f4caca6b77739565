/**
 * Owns delivery of transaction messages: queued while offline, one at a time, oldest first, retried on CALLERROR and
 * timeout as OCPP 1.6 §3.7.1 / 2.x E13 say, then discarded.
 *
 * Invariants:
 * 1. Messages reach the CSMS in the order in which they were pushed; a retry blocks those behind it.
 * 2. A message leaves the store only when it was answered or discarded; loss of the link is not an attempt.
 * 3. Wait before a retry = retry interval × number of preceding sends.
 */
import type { JsonObject } from '@voltlane/ocpp';
import type { CancelTimer, Clock } from '@voltlane/time';
import { type ChargerError, ownError } from './errors.ts';
import type { UntimedEvent } from './events.ts';
import { field } from './json-fields.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import type { CallOptions } from './rpc.ts';

/** How a queued message ended. */
export type Delivery =
  | { readonly kind: 'answered'; readonly answer: JsonObject; readonly messageIds: readonly string[] }
  | { readonly kind: 'discarded'; readonly error: ChargerError; readonly messageIds: readonly string[] }
  /** The charger stopped; the message is still in the store. */
  | { readonly kind: 'kept'; readonly messageIds: readonly string[] };

/** What the queue needs from its owner. */
export interface QueueDeps {
  readonly clock: Clock;
  readonly store: MessageStore;
  /** Whether a retry carries the id of the first sending. */
  readonly retryMessageId: 'same' | 'new';
  /** True while transaction messages may be sent. */
  ready(): boolean;
  deliver(action: string, payload: object, options: CallOptions): Promise<JsonObject>;
  /** Sends of one message before it is discarded. */
  attemptsMax(): number;
  retryIntervalMs(): number;
  /** A message was answered; runs before the next one is sent, so that it may change those waiting. */
  onAnswer(message: StoredMessage, answer: JsonObject): void;
  note(event: UntimedEvent): void;
}

interface Follower {
  readonly resolve: (delivery: Delivery) => void;
  readonly messageIds: string[];
}

/** The queue of one charger. */
export class TransactionQueue {
  readonly #deps: QueueDeps;
  readonly #followers: Map<number, Follower> = new Map();
  #nextSeq: number;
  #busy = false;
  #cancelRetry: CancelTimer | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(deps: QueueDeps) {
    this.#deps = deps;
    this.#nextSeq = (deps.store.all().at(-1)?.seq ?? 0) + 1;
  }

  /** Messages not yet answered. */
  get length(): number {
    return this.#deps.store.all().length;
  }

  /** Takes a message; the promise tells how it ended and never rejects. */
  async push(transaction: string, action: string, payload: object): Promise<Delivery> {
    const message: StoredMessage = {
      seq: this.#nextSeq,
      action,
      payload,
      transaction,
      attempts: 0,
      messageId: undefined,
    };
    this.#nextSeq += 1;
    this.#deps.store.push(message);
    if (!this.#deps.ready()) this.#deps.note({ kind: 'queued', action, transaction, waiting: this.length });
    return new Promise<Delivery>((resolve) => {
      this.#followers.set(message.seq, { resolve, messageIds: [] });
      this.#pump();
    });
  }

  /** The link is ready (again): go on. */
  kick(): void {
    this.#pump();
  }

  /** Puts the id that the CSMS gave into the waiting messages of a transaction (1.6). */
  adoptTransactionId(transaction: string, transactionId: number | bigint): void {
    for (const message of this.#deps.store.all()) {
      if (message.transaction !== transaction || field(message.payload, 'transactionId') !== PENDING_TRANSACTION_ID)
        continue;
      message.payload = { ...message.payload, transactionId };
      this.#deps.store.changed(message);
    }
  }

  /** Resolves when nothing waits any more, or when the charger stops. */
  async drained(): Promise<void> {
    if (this.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
  }

  /** Power is back after `stop`. */
  resume(): void {
    this.#stopped = false;
  }

  /** Sends nothing any more; what waits stays in the store. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    for (const { resolve, messageIds } of this.#followers.values()) resolve({ kind: 'kept', messageIds });
    this.#followers.clear();
    this.#releaseIdle();
  }

  #pump(): void {
    if (this.#busy || this.#stopped || this.#cancelRetry !== undefined || !this.#deps.ready()) return;
    const message = this.#deps.store.first();
    if (message === undefined) return;
    this.#busy = true;
    void this.#send(message);
  }

  async #send(message: StoredMessage): Promise<void> {
    const follower = this.#followers.get(message.seq);
    const again = this.#deps.retryMessageId === 'same' ? message.messageId : undefined;
    let answer: JsonObject | undefined;
    try {
      answer = await this.#deps.deliver(message.action, message.payload, {
        ...(again === undefined ? {} : { messageId: again }),
        onSent: (messageId) => {
          message.messageId = messageId;
          follower?.messageIds.push(messageId);
        },
      });
    } catch (thrown) {
      this.#failed(message, ownError(thrown), follower?.messageIds ?? []);
    }
    if (answer !== undefined) {
      this.#deps.store.shift();
      this.#deps.onAnswer(message, answer);
      this.#settle(message, { kind: 'answered', answer, messageIds: follower?.messageIds ?? [] });
    }
    this.#busy = false;
    this.#pump();
  }

  #failed(message: StoredMessage, error: ChargerError, messageIds: readonly string[]): void {
    if (error.code === 'link-lost' || error.code === 'stopped' || error.code === 'not-accepted') return;
    message.attempts += 1;
    const hopeless = error.code === 'invalid-request';
    if (hopeless || message.attempts >= this.#deps.attemptsMax()) {
      this.#deps.store.shift();
      const { action, transaction, attempts } = message;
      this.#deps.note({ kind: 'discarded', action, transaction, attempts });
      this.#settle(message, { kind: 'discarded', error, messageIds });
      return;
    }
    this.#deps.store.changed(message);
    this.#cancelRetry = this.#deps.clock.after(this.#deps.retryIntervalMs() * message.attempts, () => {
      this.#cancelRetry = undefined;
      this.#pump();
    });
  }

  #settle(message: StoredMessage, delivery: Delivery): void {
    const follower = this.#followers.get(message.seq);
    this.#followers.delete(message.seq);
    follower?.resolve(delivery);
    if (this.length === 0) this.#releaseIdle();
  }

  #releaseIdle(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** Stands for the 1.6 transaction id until StartTransaction.conf brings it; −1 is legal on the wire (1.6-J errata 3.18). */
export const PENDING_TRANSACTION_ID = -1;
