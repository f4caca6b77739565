/**
 * The one connection as the rest of the adapter sees it: status without flapping, what is on its way out, and a way to make the
 * client let go of a dead socket. Owns the client's connection object; nobody else touches its lifetime.
 *
 * Invariants:
 * 1. `disconnected` and `connected` alternate; `closed` comes once and last.
 * 2. At most `outboundBytesMax` bytes are unconfirmed; what is beyond is not sent.
 */
import type { CancelTimer } from '@voltlane/time';
import type { NatsConnection } from 'nats';
import { BusError } from '../errors.ts';
import type { BusStatus, Subscription } from '../ports.ts';
import { emptyStats, type MutableBusStats } from '../stats.ts';
import { Intake } from './intake.ts';
import type { ResolvedNatsOptions } from './options.ts';
import { OutgoingQueue } from './outgoing.ts';

/** Bytes after which a confirmation is asked for. */
const CONFIRM_EVERY_BYTES = 1_048_576;
/** How long the client may take to drop a socket it found dead. */
const STALE_GRACE_MS = 250;

/** The connection. */
export class NatsLink {
  readonly client: NatsConnection;
  readonly options: ResolvedNatsOptions;
  readonly counters: MutableBusStats = emptyStats();
  /** Where messages wait for their turn. */
  readonly intake: Intake;
  readonly #outgoing: OutgoingQueue;
  readonly #listeners = new Set<(status: BusStatus) => void>();
  #status: BusStatus = 'connected';
  #disconnectedMs = 0;
  #sentBytes = 0;
  #confirmedBytes = 0;
  #askedBytes = 0;
  #cancelStale: CancelTimer | undefined;

  constructor(client: NatsConnection, options: ResolvedNatsOptions) {
    this.client = client;
    this.options = options;
    this.intake = new Intake(options.clock, () => {
      this.counters.deliveriesDropped += 1;
    });
    this.#outgoing = new OutgoingQueue(client, (error, subject) => this.handlerFailed(error, subject));
  }

  /** Starts following the client's status. */
  start(): void {
    this.options.log({ kind: 'connected', server: this.client.getServer() });
    void this.#follow();
    void this.client.closed().then((error) => {
      this.options.log({ kind: 'closed', error: error instanceof Error ? error.message : undefined });
      this.#become('closed');
    });
  }

  status(): BusStatus {
    return this.#status;
  }

  /** Every later change of status; the adapter's own parts come before the user's because they subscribe first. */
  onStatus(listener: (status: BusStatus) => void): Subscription {
    this.#listeners.add(listener);
    return { unsubscribe: () => void this.#listeners.delete(listener) };
  }

  /** Accounts for `bytes` about to be sent; false when they must not be, because away or too much is unconfirmed. */
  admit(bytes: number): boolean {
    if (this.#status !== 'connected' || this.#sentBytes - this.#confirmedBytes + bytes > this.options.outboundBytesMax)
      return false;
    this.#sentBytes += bytes;
    if (this.#sentBytes - this.#askedBytes >= CONFIRM_EVERY_BYTES) this.#askConfirmation();
    return true;
  }

  /** Publishes with what else leaves in this turn; the caller has checked subject and size, and asked `admit`. */
  send(subject: string, data: Uint8Array, reply?: string, headers?: Uint8Array): void {
    this.#outgoing.push(subject, data, reply, headers);
  }

  /** Resolves when the server has everything that was sent before. */
  flush(): Promise<void> {
    this.#outgoing.flush();
    return this.client.flush();
  }

  /** Throws BusError `disconnected` or `closed` unless connected. */
  requireConnected(): void {
    if (this.#status !== 'connected') throw this.awayError();
  }

  /** Why nothing can be sent. */
  awayError(): BusError {
    if (this.#status === 'closed') return new BusError('closed', `the connection ${this.options.name} is closed`);
    return new BusError('disconnected', `${this.options.name} is disconnected from ${this.options.servers.join(', ')}`);
  }

  /** Says that the owner closed the connection, before the client is told. */
  markClosed(): void {
    this.#cancelStale?.();
    this.#become('closed');
  }

  /** Runs a callback of the user; what it throws is counted and reported. */
  guard(subject: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.handlerFailed(error, subject);
    }
  }

  /** Counts and reports an error of a handler. */
  handlerFailed(error: unknown, subject: string): void {
    this.counters.handlerErrors += 1;
    this.options.onError(error, subject);
  }

  async #follow(): Promise<void> {
    for await (const event of this.client.status()) {
      switch (event.type) {
        case 'disconnect':
          this.#cancelStale?.();
          this.#become('disconnected');
          break;
        case 'reconnect':
          this.#become('connected');
          break;
        case 'staleConnection':
          this.#forceStale();
          break;
        case 'error':
          this.options.log({ kind: 'server-error', error: typeof event.data === 'string' ? event.data : 'unknown' });
          break;
        default:
          break;
      }
    }
  }

  #become(status: BusStatus): void {
    if (status === this.#status || this.#status === 'closed') return;
    this.#status = status;
    const nowMs = this.options.clock.monotonicMs();
    if (status === 'disconnected') {
      this.#disconnectedMs = nowMs;
      this.options.log({ kind: 'disconnected' });
    } else if (status === 'connected') {
      this.counters.reconnects += 1;
      this.#confirmedBytes = this.#sentBytes;
      this.options.log({
        kind: 'reconnected',
        server: this.client.getServer(),
        awayMs: Math.round(nowMs - this.#disconnectedMs),
      });
    }
    for (const listener of this.#listeners) this.guard('', () => listener(status));
  }

  #askConfirmation(): void {
    const bytes = this.#sentBytes;
    this.#askedBytes = bytes;
    this.flush().then(
      () => {
        this.#confirmedBytes = Math.max(this.#confirmedBytes, bytes);
      },
      () => {
        // The connection broke: what was under way is lost, and `#become` starts the account anew.
      },
    );
  }

  /**
   * The client drops a dead socket only after a last write to it went through, which never happens when the peer stands still
   * and the socket's buffer is full. Its transport can be told to drop at once; that is not part of its typed interface.
   */
  #forceStale(): void {
    this.#cancelStale?.();
    this.#cancelStale = this.options.clock.after(STALE_GRACE_MS, () => {
      if (this.#status !== 'connected' || !('protocol' in this.client)) return;
      const protocol = this.client.protocol;
      if (typeof protocol !== 'object' || protocol === null || !('transport' in protocol)) return;
      const transport = protocol.transport;
      if (typeof transport !== 'object' || transport === null || !('close' in transport)) return;
      this.options.log({ kind: 'stale-connection-forced' });
      if (typeof transport.close === 'function')
        Reflect.apply(transport.close, transport, [new Error('stale connection')]);
    });
  }
}
