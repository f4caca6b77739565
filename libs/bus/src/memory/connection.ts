/** One connection to a memory broker: status, subscriptions and counters of its own. */
import { BusError } from '../errors.ts';
import { checkStoreName } from '../kv-key.ts';
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
import { type BusStats, emptyStats, type MutableBusStats } from '../stats.ts';
import { checkFilter, checkSubject } from '../subject.ts';
import type { MemoryBrokerCore } from './broker.ts';
import type { StoreOperation } from './faults.ts';
import { memoryJournal } from './journal.ts';
import { memoryKeyValue } from './key-value.ts';
import type { MemorySubscription } from './router.ts';

const EMPTY = new Uint8Array(0);

interface ConnectionWatcher {
  readonly onConnected: () => void;
  readonly onClosed: () => void;
}

/** A connection. */
export class MemoryConnection implements Bus {
  readonly kind = 'memory' as const;
  readonly name: string;
  readonly payloadBytesMax: number;
  readonly counters: MutableBusStats = emptyStats();
  readonly #core: MemoryBrokerCore;
  readonly #subscriptions = new Set<MemorySubscription>();
  readonly #statusListeners = new Set<(status: BusStatus) => void>();
  readonly #watchers = new Set<ConnectionWatcher>();
  /** Fails each pending request; the reply subject's number is the key. */
  readonly #requests = new Map<number, (error: BusError) => void>();
  #requestNumber = 0;
  #status: BusStatus = 'connected';

  constructor(core: MemoryBrokerCore, name: string) {
    this.#core = core;
    this.name = name;
    this.payloadBytesMax = core.payloadBytesMax;
  }

  status(): BusStatus {
    return this.#status;
  }

  onStatus(listener: (status: BusStatus) => void): Subscription {
    this.#statusListeners.add(listener);
    return { unsubscribe: () => void this.#statusListeners.delete(listener) };
  }

  publish(subject: string, data: Uint8Array, reply?: string): void {
    checkSubject(subject);
    if (reply !== undefined) checkSubject(reply);
    if (data.length > this.payloadBytesMax) {
      throw new BusError(
        'too-large',
        `message of ${data.length} bytes on ${subject} is above the bus's ${this.payloadBytesMax}`,
      );
    }
    if (this.#status !== 'connected') {
      this.counters.publishesDropped += 1;
      return;
    }
    this.counters.publishes += 1;
    this.counters.publishedBytes += data.length;
    const receivers = this.#core.router.receivers(subject);
    if (receivers.length === 0) {
      if (reply !== undefined) this.#sayNoResponders(reply);
      return;
    }
    const message: BusMessage = { subject, data, reply, noResponders: false };
    for (const receiver of receivers) this.#core.queue.send(this.name, receiver, message);
  }

  subscribe(subject: string, handler: (message: BusMessage) => void, queue?: string): Subscription {
    checkFilter(subject);
    if (queue !== undefined) checkSubject(queue);
    if (this.#status === 'closed') throw this.#closedError();
    const subscription: MemorySubscription = { connection: this.name, filter: subject, queue, handler, open: true };
    this.#subscriptions.add(subscription);
    this.#core.open(subscription);
    return {
      unsubscribe: () => {
        this.#subscriptions.delete(subscription);
        this.#core.router.remove(subscription);
      },
    };
  }

  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#status !== 'connected') return Promise.reject(this.#awayError());
    if (this.#requests.size >= this.#core.pendingRequestsMax) {
      this.counters.overloads += 1;
      return Promise.reject(new BusError('overloaded', `${this.#requests.size} requests are pending`));
    }
    return new Promise((resolve, reject) => {
      this.#requestNumber += 1;
      const id = this.#requestNumber;
      const reply = `_INBOX.${this.name}.${id}`;
      const end = (): void => {
        this.#requests.delete(id);
        cancel();
        subscription.unsubscribe();
      };
      const fail = (error: BusError): void => {
        end();
        reject(error);
      };
      const subscription = this.subscribe(reply, (message) => {
        if (message.noResponders) {
          fail(new BusError('no-responders', `nobody listens on ${subject}`));
          return;
        }
        end();
        resolve(message.data);
      });
      const cancel = this.#core.clock.after(timeoutMs, () =>
        fail(new BusError('timeout', `no answer from ${subject} within ${timeoutMs} ms`)),
      );
      this.#requests.set(id, fail);
      try {
        this.publish(subject, data, reply);
      } catch (error) {
        end();
        throw error;
      }
    });
  }

  async keyValue(options: KvOptions): Promise<KeyValue> {
    checkStoreName(options.bucket);
    const operation: StoreOperation = { connection: this.name, kind: 'write', store: options.bucket, subject: '' };
    return this.store(operation, () => memoryKeyValue(this.#core.bucket(options), this));
  }

  async journal(options: JournalOptions): Promise<Journal> {
    checkStoreName(options.name);
    const operation: StoreOperation = { connection: this.name, kind: 'write', store: options.name, subject: '' };
    return this.store(operation, () => memoryJournal(this.#core.journal(options), this, options.maxAgeMs));
  }

  async flush(): Promise<void> {
    if (this.#status !== 'connected') throw this.#awayError();
    await Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.#status === 'closed') return;
    for (const subscription of this.#subscriptions) this.#core.router.remove(subscription);
    this.#subscriptions.clear();
    this.#core.forget(this);
    this.#setStatus('closed');
    await Promise.resolve();
  }

  stats(): BusStats {
    return { ...this.counters, subscriptions: this.#subscriptions.size, pendingRequests: this.#requests.size };
  }

  /** Runs a store operation as a real bus would: only while connected, later than now, subject to faults. */
  store<T>(operation: StoreOperation, run: () => T): Promise<T> {
    if (this.#status !== 'connected') return Promise.reject(this.#awayError());
    const fate = this.#core.faults?.store?.(operation) ?? 'pass';
    if (fate === 'refuse') return this.#timedOut(operation);
    if (fate === 'forget') {
      run();
      return this.#timedOut(operation);
    }
    return new Promise((resolve, reject) => {
      this.counters.pendingAcks += 1;
      const perform = (): void => {
        this.counters.pendingAcks -= 1;
        try {
          const result = run();
          if (this.#status === 'connected') resolve(result);
          else reject(this.#awayError());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      if (fate === 'pass') perform();
      else this.#core.clock.after(fate.delayMs, perform);
    });
  }

  /** Hands a message to its handler; nothing after unsubscribing, nothing while away. */
  deliver(subscription: MemorySubscription, message: BusMessage): void {
    if (!subscription.open || this.#status !== 'connected') return;
    this.counters.deliveries += 1;
    this.counters.deliveredBytes += message.data.length;
    try {
      subscription.handler(message);
    } catch (error) {
      this.handlerFailed(error, message.subject);
    }
  }

  /** Runs a callback of the user; what it throws is reported. */
  guard<T>(subject: string, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.handlerFailed(error, subject);
      return undefined;
    }
  }

  /** Counts and reports an error of a handler. */
  handlerFailed(error: unknown, subject: string): void {
    this.counters.handlerErrors += 1;
    this.#core.onError(error, subject);
  }

  /** Runs `run` soon. */
  schedule(run: () => void): void {
    this.#core.schedule(run);
  }

  /** Tells when the connection is back or closed for good; returns how to stop that. */
  whenConnected(onConnected: () => void, onClosed: () => void): () => void {
    const watcher: ConnectionWatcher = { onConnected, onClosed };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Cuts or heals the connection (tests and simulation). */
  setConnected(connected: boolean): void {
    if (this.#status === 'closed') return;
    const status: BusStatus = connected ? 'connected' : 'disconnected';
    if (status === this.#status) return;
    if (connected) this.counters.reconnects += 1;
    this.#setStatus(status);
  }

  #setStatus(status: BusStatus): void {
    this.#status = status;
    if (status !== 'connected') {
      const error = this.#awayError();
      for (const fail of this.#requests.values()) fail(error);
    }
    for (const watcher of this.#watchers) {
      if (status === 'connected') watcher.onConnected();
      if (status === 'closed') watcher.onClosed();
    }
    for (const listener of this.#statusListeners) this.guard('', () => listener(status));
  }

  #sayNoResponders(reply: string): void {
    const message: BusMessage = { subject: reply, data: EMPTY, reply: undefined, noResponders: true };
    for (const receiver of this.#core.router.receivers(reply)) {
      // As on NATS: only the publisher's own plain subscription hears that nobody listened.
      if (receiver.connection !== this.name || receiver.queue !== undefined) continue;
      this.#core.queue.send(this.name, receiver, message);
      return;
    }
  }

  #timedOut<T>(operation: StoreOperation): Promise<T> {
    return new Promise((_resolve, reject) => {
      this.#core.clock.after(this.#core.storeTimeoutMs, () => {
        reject(
          new BusError('timeout', `${operation.kind} of ${operation.store} ${operation.subject} was not acknowledged`),
        );
      });
    });
  }

  #awayError(): BusError {
    return this.#status === 'closed'
      ? this.#closedError()
      : new BusError('disconnected', `${this.name} is disconnected`);
  }

  #closedError(): BusError {
    return new BusError('closed', `the connection ${this.name} is closed`);
  }
}
