/**
 * Reads a stream in order, from a position, for as long as wanted. The server keeps only a short-lived consumer that can vanish at
 * any time (reconnect, lost leader, a gap in deliveries): then a new one starts behind the last message that arrived.
 *
 * Invariants:
 * 1. Messages are handed over one at a time in stream order; the next waits for the promise of the one before.
 * 2. At most one batch is asked for or held, so a slow reader costs `BATCH` messages and `batchBytesMax` of memory.
 * 3. A delivery out of the consumer's sequence is never handed over, nor one that had arrived before a restart.
 * 4. Until everything there was at the start has arrived, `last-per-subject` starts anew as such and skips what had arrived:
 *    reading on by sequence would bring the history of every subject whose newest message was still to come.
 * 5. Caught up is what the server says with "nothing after this": at the creation of a consumer, with a delivery, or by a heartbeat.
 *    With deliveries it keeps count, and a message stored while the consumer is made can be counted twice. Then no delivery is ever
 *    the last, and in a stream that never rests no heartbeat comes. A new consumer counts anew.
 */
import { type CancelTimer, sleep } from '@voltlane/time';
import { type Subscription as ClientSubscription, createInbox, type Msg } from 'nats';
import { BusError, isBusError } from '../errors.ts';
import type { Subscription } from '../ports.ts';
import { apiError, type JetStreamApi } from './jetstream-api.ts';
import { numberIn, stringIn } from './json.ts';
import { fromDelivery, readPlace, type StoredMessage } from './stored-message.ts';
import { nanos } from './stream-setup.ts';

/** What to read. */
export interface OrderedConsumerOptions {
  readonly stream: string;
  /** Wildcards allowed. */
  readonly filter: string;
  /** A sequence (1 = oldest), or the newest message of each subject and then everything. */
  readonly start: number | 'last-per-subject';
  /** With `last-per-subject`: nothing later than this sequence may be missed when there was no message to start with. */
  readonly nothingBefore?: number;
  readonly headersOnly?: boolean;
  readonly onMessage: (message: StoredMessage) => void | Promise<void>;
  /** Fires once, when everything there was at the start has been handed over. */
  readonly onCaughtUp?: () => void;
}

const BATCH = 256;
const HEARTBEAT_MS = 1_000;
/** Without a word for this long while a batch is due, the consumer is taken for gone. */
const SILENCE_MS_MAX = 3 * HEARTBEAT_MS;
const PULL_EXPIRES_MS = 30_000;
const RETRY_MS = 250;
/** A consumer that has delivered what there was, and says for this long that there is more, has lost count. */
const COUNT_LOST_MS = 250;
/** A cluster without a leader never answers a request to create; asking again soon finds the new one (measured: 20 s with 5 s). */
const RECREATE_MS_MAX = 1_000;
const CREATE_MS_MAX = 5_000;
/** How long the first one is asked for; an election takes up to nine seconds. */
const START_MS_MAX = 20_000;
/** The server forgets a consumer nobody asks for this long. */
const INACTIVE_MS = 30_000;
const BATCH_BYTES = 4 * 1_048_576;

/** Starts reading; rejects when the first consumer cannot be made within `START_MS_MAX`. */
export async function startOrderedConsumer(api: JetStreamApi, options: OrderedConsumerOptions): Promise<Subscription> {
  const consumer = new OrderedConsumer(api, options);
  await consumer.start();
  return consumer;
}

class OrderedConsumer implements Subscription {
  readonly #api: JetStreamApi;
  readonly #options: OrderedConsumerOptions;
  readonly #batchBytesMax: number;
  #queue: StoredMessage[] = [];
  /** Grows with each consumer; what belongs to an older one is ignored. */
  #generation = 0;
  #name = '';
  #inbox = '';
  #subscription: ClientSubscription | undefined;
  #expectedConsumerSequence = 1;
  /** Sequence of the last message that arrived; undefined before the first. */
  #arrivedSequence: number | undefined;
  /** Messages still to come of the batch asked for. */
  #outstanding = 0;
  /** Messages the server had for us after the last that arrived. */
  #serverPending = Number.POSITIVE_INFINITY;
  /** The same, when the consumer was made. */
  #pendingAtFirst = Number.POSITIVE_INFINITY;
  #madeMs = 0;
  #heardMs = 0;
  #handing = false;
  /** Everything there was at the start has arrived. */
  #started = false;
  #caughtUp = false;
  #open = true;
  #statusSubscription: Subscription | undefined;
  #cancelWatchdog: CancelTimer | undefined;
  #cancelRetry: CancelTimer | undefined;

  constructor(api: JetStreamApi, options: OrderedConsumerOptions) {
    this.#api = api;
    this.#options = options;
    // A batch must have room for one message of any size the bus takes.
    this.#batchBytesMax = Math.max(BATCH_BYTES, 2 * (api.link.client.info?.max_payload ?? 0));
  }

  async start(): Promise<void> {
    const { link } = this.#api;
    await this.#createFirst();
    this.#statusSubscription = link.onStatus((status) => {
      if (status === 'connected') this.#restart('reconnected');
      if (status === 'closed') this.unsubscribe();
    });
    this.#cancelWatchdog = link.options.clock.every(HEARTBEAT_MS, () => this.#watch());
  }

  unsubscribe(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#generation += 1;
    this.#queue = [];
    this.#statusSubscription?.unsubscribe();
    this.#cancelWatchdog?.();
    this.#cancelRetry?.();
    this.#subscription?.unsubscribe();
    if (this.#api.link.status() !== 'connected' || this.#name === '') return;
    this.#api.call(`CONSUMER.DELETE.${this.#options.stream}.${this.#name}`).catch(() => {
      // The server forgets it by itself.
    });
  }

  async #createFirst(): Promise<void> {
    const { clock } = this.#api.link.options;
    const endMs = clock.monotonicMs() + START_MS_MAX;
    for (;;) {
      try {
        await this.#createConsumer(CREATE_MS_MAX);
        return;
      } catch (error) {
        if (!isBusError(error, 'timeout', 'unavailable', 'disconnected') || clock.monotonicMs() >= endMs) {
          this.unsubscribe();
          throw error;
        }
      }
      await sleep(clock, RETRY_MS);
    }
  }

  async #createConsumer(timeoutMs: number): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const { stream, filter, headersOnly } = this.#options;
    this.#subscription?.unsubscribe();
    this.#outstanding = 0;
    this.#expectedConsumerSequence = 1;
    // Nobody is asked for more until there is a new one: the answers of the old would come to the new inbox.
    this.#name = '';
    const inbox = createInbox();
    this.#inbox = inbox;
    this.#subscription = this.#api.link.client.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null && generation === this.#generation) this.#arrived(message);
      },
    });
    const request = {
      stream_name: stream,
      config: {
        ...this.#startPolicy(),
        filter_subject: filter,
        ack_policy: 'none',
        replay_policy: 'instant',
        inactive_threshold: nanos(INACTIVE_MS),
        num_replicas: 1,
        mem_storage: true,
        ...(headersOnly === true ? { headers_only: true } : {}),
      },
    };
    const answer = await this.#api.call(`CONSUMER.CREATE.${stream}`, request, timeoutMs);
    if (generation !== this.#generation) return;
    if (answer.kind === 'error') throw apiError(`reading ${filter} of ${stream}`, answer);
    this.#name = stringIn(answer.body, 'name');
    this.#pendingAtFirst = numberIn(answer.body, 'num_pending', Number.POSITIVE_INFINITY);
    this.#madeMs = this.#api.link.options.clock.monotonicMs();
    this.#nowPending(this.#pendingAtFirst);
    this.#proceed();
  }

  #startPolicy(): object {
    const { start, nothingBefore } = this.#options;
    if (start === 'last-per-subject' && !this.#started) return { deliver_policy: 'last_per_subject' };
    const behind = this.#arrivedSequence ?? (start === 'last-per-subject' ? nothingBefore : start - 1);
    if (behind === undefined) return { deliver_policy: 'last_per_subject' };
    return { deliver_policy: 'by_start_sequence', opt_start_seq: Math.max(1, behind + 1) };
  }

  #restart(reason: string): void {
    if (!this.#open) return;
    const { link } = this.#api;
    link.options.log({ kind: 'consumer-restarted', stream: this.#options.stream, reason });
    this.#cancelRetry?.();
    const attempt = this.#createConsumer(RECREATE_MS_MAX);
    const generation = this.#generation;
    attempt.catch((error: unknown) => {
      // A later attempt is under way already.
      if (!this.#open || generation !== this.#generation) return;
      // The client is closed a moment before its status says so; that ends this consumer, too.
      if (link.client.isClosed()) return;
      if (!isBusError(error)) throw error;
      // While away the next `connected` starts anew; otherwise the clock does.
      this.#cancelRetry = link.options.clock.after(RETRY_MS, () => {
        if (link.status() === 'connected') this.#restart(`could not be made: ${error.message}`);
      });
    });
  }

  #arrived(message: Msg): void {
    this.#heardMs = this.#api.link.options.clock.monotonicMs();
    const place = readPlace(message.reply);
    if (place === undefined) {
      this.#status(message);
      return;
    }
    if (place.consumerSequence !== this.#expectedConsumerSequence) {
      this.#restart(`delivery ${place.consumerSequence} came instead of ${this.#expectedConsumerSequence}`);
      return;
    }
    this.#expectedConsumerSequence += 1;
    this.#outstanding = Math.max(0, this.#outstanding - 1);
    this.#nowPending(place.pending);
    if (this.#arrivedSequence === undefined || place.sequence > this.#arrivedSequence) {
      this.#arrivedSequence = place.sequence;
      this.#queue.push(fromDelivery(message, place));
    }
    if (this.#hasLostCount()) this.#restart(`${place.pending} more were announced than there are`);
    this.#proceed();
  }

  /** See invariant 5. Asked with each delivery: where none comes, a heartbeat does. */
  #hasLostCount(): boolean {
    if (this.#caughtUp || this.#serverPending === 0) return false;
    if (this.#expectedConsumerSequence <= this.#pendingAtFirst) return false;
    return this.#heardMs - this.#madeMs > COUNT_LOST_MS;
  }

  #nowPending(pending: number): void {
    this.#serverPending = pending;
    if (pending === 0) this.#started = true;
  }

  /** 100 heartbeat: nothing to deliver · 404, 408, 409: the batch is over · 503: the consumer is gone. */
  #status(message: Msg): void {
    const { code, description } = message.headers ?? { code: 0, description: '' };
    if (code === 100) {
      this.#nowPending(0);
      this.#proceed();
      return;
    }
    this.#outstanding = 0;
    if (code === 503 || /consumer deleted|consumer is push|leadership change/i.test(description)) {
      this.#restart(`${code} ${description}`);
      return;
    }
    this.#proceed();
  }

  /** Hands over what is there until a promise has to be waited for, then asks for more. */
  #proceed(): void {
    if (this.#handing) return;
    let at = 0;
    while (this.#open && at < this.#queue.length) {
      const message = this.#queue[at];
      at += 1;
      if (message === undefined) continue;
      const waiting = this.#handOver(message);
      if (waiting === undefined) continue;
      this.#queue = this.#queue.slice(at);
      this.#handing = true;
      waiting
        .catch((error: unknown) => this.#api.link.handlerFailed(error, message.subject))
        .finally(() => {
          this.#handing = false;
          this.#proceed();
        });
      return;
    }
    if (at > 0) this.#queue = [];
    if (!this.#open) return;
    if (!this.#caughtUp && this.#serverPending === 0) {
      this.#caughtUp = true;
      const { onCaughtUp } = this.#options;
      if (onCaughtUp !== undefined) this.#api.link.guard(this.#options.filter, onCaughtUp);
    }
    this.#pull();
  }

  #handOver(message: StoredMessage): Promise<void> | undefined {
    try {
      const result = this.#options.onMessage(message);
      return result instanceof Promise ? result : undefined;
    } catch (error) {
      this.#api.link.handlerFailed(error, message.subject);
      return undefined;
    }
  }

  #pull(): void {
    const { link } = this.#api;
    if (!this.#open || this.#outstanding > 0 || this.#name === '' || link.status() !== 'connected') return;
    this.#outstanding = BATCH;
    this.#heardMs = link.options.clock.monotonicMs();
    const request = {
      batch: BATCH,
      max_bytes: this.#batchBytesMax,
      expires: nanos(PULL_EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${this.#name}`;
    link.send(subject, Buffer.from(JSON.stringify(request)), this.#inbox);
  }

  #watch(): void {
    const { link } = this.#api;
    if (this.#outstanding === 0 || link.status() !== 'connected') return;
    if (link.options.clock.monotonicMs() - this.#heardMs > SILENCE_MS_MAX) this.#restart('silent');
  }
}

/** Reads once through what matches now; rejects with BusError `timeout` when that takes too long. */
export async function readThrough(
  api: JetStreamApi,
  options: Omit<OrderedConsumerOptions, 'onCaughtUp'>,
  timeoutMs: number,
): Promise<void> {
  let caughtUp: () => void = () => {};
  let tooLong: (error: BusError) => void = () => {};
  const done = new Promise<void>((resolve, reject) => {
    caughtUp = resolve;
    tooLong = reject;
  });
  const cancel = api.link.options.clock.after(timeoutMs, () =>
    tooLong(
      new BusError(
        'timeout',
        `reading through ${options.filter} of ${options.stream} took longer than ${timeoutMs} ms`,
      ),
    ),
  );
  try {
    const consumer = await startOrderedConsumer(api, { ...options, onCaughtUp: caughtUp });
    try {
      await done;
    } finally {
      consumer.unsubscribe();
    }
  } finally {
    cancel();
  }
}
