/** The NATS adapter put together: one connection, its messaging, its stores. */
import { withTimeout } from '@voltlane/time';
import { BusError } from '../errors.ts';
import type {
  Bus,
  BusMessage,
  BusStatus,
  Journal,
  JournalOptions,
  KeyValue,
  KvOptions,
  Subscription,
} from '../ports.ts';
import type { BusStats } from '../stats.ts';
import { dial } from './dial.ts';
import { JetStreamApi } from './jetstream-api.ts';
import { openNatsJournal } from './journal.ts';
import { openNatsKeyValue } from './key-value.ts';
import { NatsLink } from './link.ts';
import { NatsMessaging } from './messaging.ts';
import { type NatsOptions, resolveNatsOptions } from './options.ts';
import { PublishAcks } from './publish-acks.ts';
import { Replies } from './replies.ts';

const CLOSE_FLUSH_MS_MAX = 2_000;

/** Connects. Rejects with BusError `connect-failed`, `not-authorized` or `closed`. */
export async function connectNats(options: NatsOptions): Promise<Bus> {
  const resolved = resolveNatsOptions(options);
  const link = new NatsLink(await dial(resolved), resolved);
  const requests = new Replies(link, resolved.pendingRequestsMax);
  const acks = new Replies(link, resolved.pendingAcksMax);
  requests.start();
  acks.start();
  link.start();
  return new NatsBus(link, requests, acks);
}

class NatsBus implements Bus {
  readonly kind = 'nats' as const;
  readonly #link: NatsLink;
  readonly #requests: Replies;
  readonly #acks: Replies;
  readonly #messaging: NatsMessaging;
  readonly #api: JetStreamApi;
  readonly #writer: PublishAcks;
  readonly #subscriptions = new Set<Subscription>();
  #payloadBytesMax = 1_048_576;

  constructor(link: NatsLink, requests: Replies, acks: Replies) {
    this.#link = link;
    this.#requests = requests;
    this.#acks = acks;
    this.#messaging = new NatsMessaging(link, requests);
    this.#api = new JetStreamApi(link, requests);
    this.#writer = new PublishAcks(link, acks);
  }

  get payloadBytesMax(): number {
    // The client forgets the server's greeting while it reconnects.
    this.#payloadBytesMax = this.#link.client.info?.max_payload ?? this.#payloadBytesMax;
    return this.#payloadBytesMax;
  }

  status(): BusStatus {
    return this.#link.status();
  }

  onStatus(listener: (status: BusStatus) => void): Subscription {
    return this.#link.onStatus(listener);
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    this.#messaging.publish(subject, data, reply);
  }

  subscribe(subject: string, handler: (message: BusMessage) => void, queue?: string): Subscription {
    const inner = this.#messaging.subscribe(subject, handler, queue);
    const subscription: Subscription = {
      unsubscribe: () => {
        this.#subscriptions.delete(subscription);
        inner.unsubscribe();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return this.#messaging.request(subject, data, timeoutMs);
  }

  keyValue(options: KvOptions): Promise<KeyValue> {
    const bucket = this.#link.options.bucketPrefix + options.bucket;
    return openNatsKeyValue(this.#api, this.#writer, { ...options, bucket });
  }

  journal(options: JournalOptions): Promise<Journal> {
    return openNatsJournal(this.#api, this.#writer, options);
  }

  async flush(): Promise<void> {
    this.#link.requireConnected();
    try {
      await this.#link.flush();
    } catch (error) {
      throw new BusError(
        this.#link.status() === 'closed' ? 'closed' : 'disconnected',
        'the connection broke while flushing',
        error,
      );
    }
  }

  async close(): Promise<void> {
    if (this.#link.status() === 'closed') return;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    if (this.#link.status() === 'connected') {
      await withTimeout(this.#link.options.clock, this.flush(), CLOSE_FLUSH_MS_MAX, 'flush').catch(() => {
        // Gone or hung: closing does not wait for it.
      });
    }
    this.#link.markClosed();
    await this.#link.client.close();
  }

  stats(): BusStats {
    return {
      ...this.#link.counters,
      waitingDeliveries: this.#link.intake.size,
      pendingRequests: this.#requests.size,
      pendingAcks: this.#acks.size,
    };
  }
}
