/**
 * A whole bus in one process: the same promises as the real one, except that nothing outlives the process. Owns everything
 * stored and everything under way; a connection is a name with subscriptions.
 */
import { type Clock, type Random, randomId, systemRandom } from '@voltlane/time';
import { BusError, crashOnHandlerError, type OnHandlerError } from '../errors.ts';
import type { Bus, BusMessage, JournalOptions, KvOptions } from '../ports.ts';
import { MemoryBucket } from './bucket.ts';
import { MemoryConnection } from './connection.ts';
import { DeliveryQueue } from './delivery.ts';
import type { MemoryFaults } from './faults.ts';
import { MemoryJournalLog } from './journal-log.ts';
import { type MemorySubscription, SubjectRouter } from './router.ts';

/** What a memory bus needs. */
export interface MemoryBusOptions {
  readonly clock: Clock;
  /** For names of connections that were given none. */
  readonly random?: Random;
  /** Errors thrown by handlers; default: crash. */
  readonly onError?: OnHandlerError;
  /** How deliveries get their turn; default `queueMicrotask`. It must never run its argument at once. */
  readonly schedule?: (run: () => void) => void;
  /** Disturbances, for simulation. */
  readonly faults?: MemoryFaults;
  /** Default 1 MiB, as NATS. */
  readonly payloadBytesMax?: number;
  /**
   * Records a journal keeps, default 100,000. Beyond it the oldest go whatever their age, except the newest record of each state
   * subject: memory is bounded by this and by the number of chargers.
   */
  readonly recordsMax?: number;
  /** Messages under way, default 1,000,000; beyond it they are dropped and counted. */
  readonly deliveriesMax?: number;
  /** Requests pending per connection, default 20,000. */
  readonly pendingRequestsMax?: number;
  /** How long an operation lost to a fault takes to fail, default 5,000. */
  readonly storeTimeoutMs?: number;
}

/** Several connections to one broker in one process. */
export interface MemoryBroker {
  /** A new connection; `name` must be unused, `[A-Za-z0-9_-]+`. */
  connect(name?: string): Bus;
  /** The connection goes away without a word: its publishes and what is sent to it are lost. */
  cut(name: string): void;
  /** It is back. */
  heal(name: string): void;
  /** Messages under way, and those dropped because too many were. */
  load(): { readonly underWay: number; readonly dropped: number };
}

/** Creates a bus that lives in this process. */
export function createMemoryBus(options: MemoryBusOptions): MemoryBroker {
  return new MemoryBrokerCore(options);
}

/** What the connections share. */
export class MemoryBrokerCore implements MemoryBroker {
  readonly clock: Clock;
  readonly router: SubjectRouter = new SubjectRouter();
  readonly queue: DeliveryQueue;
  readonly faults: MemoryFaults | undefined;
  readonly schedule: (run: () => void) => void;
  readonly onError: OnHandlerError;
  readonly payloadBytesMax: number;
  readonly pendingRequestsMax: number;
  readonly storeTimeoutMs: number;
  readonly #random: Random;
  readonly #recordsMax: number;
  readonly #connections = new Map<string, MemoryConnection>();
  readonly #buckets = new Map<string, MemoryBucket>();
  readonly #journals = new Map<string, MemoryJournalLog>();

  constructor(options: MemoryBusOptions) {
    this.clock = options.clock;
    this.faults = options.faults;
    this.schedule = options.schedule ?? queueMicrotask;
    this.onError = options.onError ?? crashOnHandlerError;
    this.payloadBytesMax = options.payloadBytesMax ?? 1_048_576;
    this.pendingRequestsMax = options.pendingRequestsMax ?? 20_000;
    this.storeTimeoutMs = options.storeTimeoutMs ?? 5_000;
    this.#random = options.random ?? systemRandom;
    this.#recordsMax = options.recordsMax ?? 100_000;
    this.queue = new DeliveryQueue({
      clock: options.clock,
      faults: options.faults,
      schedule: this.schedule,
      deliver: (subscription, message) => this.#deliver(subscription, message),
      deliveriesMax: options.deliveriesMax ?? 1_000_000,
    });
  }

  connect(name: string = randomId(this.#random, 16)): Bus {
    if (!/^[A-Za-z0-9_-]+$/.test(name) || this.#connections.has(name)) {
      throw new BusError('bad-subject', `${JSON.stringify(name)} cannot name a connection, or does already`);
    }
    const connection = new MemoryConnection(this, name);
    this.#connections.set(name, connection);
    return connection;
  }

  cut(name: string): void {
    this.#connections.get(name)?.setConnected(false);
  }

  heal(name: string): void {
    this.#connections.get(name)?.setConnected(true);
  }

  load(): { readonly underWay: number; readonly dropped: number } {
    return { underWay: this.queue.size, dropped: this.queue.dropped };
  }

  /** Opens a subscription. */
  open(subscription: MemorySubscription): void {
    this.router.add(subscription);
  }

  /** The connection is closed; its name is free again. */
  forget(connection: MemoryConnection): void {
    this.#connections.delete(connection.name);
  }

  /** The bucket, created at first use. */
  bucket(options: KvOptions): MemoryBucket {
    const bucket = this.#buckets.get(options.bucket);
    if (bucket === undefined) {
      const created = new MemoryBucket(options, this.clock);
      this.#buckets.set(options.bucket, created);
      return created;
    }
    if (bucket.options.maxAgeMs !== options.maxAgeMs) {
      throw mismatch(`bucket ${options.bucket}`, 'maxAgeMs', bucket.options.maxAgeMs, options.maxAgeMs);
    }
    if (bucket.options.valueBytesMax !== options.valueBytesMax) {
      throw mismatch(`bucket ${options.bucket}`, 'valueBytesMax', bucket.options.valueBytesMax, options.valueBytesMax);
    }
    return bucket;
  }

  /** The journal, created at first use. */
  journal(options: JournalOptions): MemoryJournalLog {
    const journal = this.#journals.get(options.name);
    if (journal === undefined) {
      const created = new MemoryJournalLog(options, this.clock, this.#recordsMax);
      this.#journals.set(options.name, created);
      return created;
    }
    for (const key of ['subjects', 'stateSubjects', 'meterSubjects'] as const) {
      const have = journal.options[key];
      if (have !== options[key]) throw mismatch(`journal ${options.name}`, key, have, options[key]);
    }
    return journal;
  }

  #deliver(subscription: MemorySubscription, message: BusMessage): void {
    this.#connections.get(subscription.connection)?.deliver(subscription, message);
  }
}

function mismatch(what: string, option: string, have: unknown, want: unknown): BusError {
  return new BusError('config-mismatch', `${what} exists with ${option} ${String(have)}, not ${String(want)}`);
}
