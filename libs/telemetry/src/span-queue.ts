/**
 * Spans on their way to the receiver, in batches, one batch at a time. `SPANS_MAX` wait at most: one more is dropped and counted, and
 * so is a batch the receiver did not take. Tracing never holds anything else up, and is the first thing to go.
 */
import { type CancelTimer, type Clock, withTimeout } from '@voltlane/time';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { QueuedSpan } from './span.ts';

/** What the queue works with. */
export interface SpanQueuePorts {
  /** Resolves when the receiver has the spans; rejects when it will not get them. */
  readonly send: (spans: readonly QueuedSpan[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'counter' | 'readGauge'>;
}

/** Spans that may wait; about 1 KiB each. */
export const SPANS_MAX = 4_096;
/** Spans of one request to the receiver. */
export const BATCH_SPANS_MAX = 512;
/** Longest a span waits for others before they are sent together. */
const BATCH_MS = 1_000;
/** How long a stop waits for what is left. */
export const FLUSH_MS = 2_000;
const REASON_CHARS_MAX = 200;

/** See the head of this file. */
export class SpanQueue {
  readonly #ports: SpanQueuePorts;
  readonly #count: (fate: 'sent' | 'full' | 'failed', spans: number) => void;
  #waiting: QueuedSpan[] = [];
  /** The batch on its way. */
  #sending: Promise<void> | undefined;
  #cancelTimer: CancelTimer | undefined;
  #failing = false;

  constructor(ports: SpanQueuePorts) {
    this.#ports = ports;
    const spans = ports.metrics.counter({
      name: 'trace_spans_total',
      help: 'Spans by what became of them: sent, dropped because too many waited, or not taken by the receiver.',
      labels: { fate: ['sent', 'full', 'failed'] },
    });
    this.#count = (fate, amount) => spans.of({ fate }).add(amount);
    ports.metrics.readGauge({
      name: 'trace_spans_waiting',
      help: 'Spans that wait to be sent.',
      read: () => this.#waiting.length,
    });
  }

  start(): void {
    this.#cancelTimer ??= this.#ports.clock.every(BATCH_MS, () => this.#next());
  }

  add(span: QueuedSpan): void {
    if (this.#waiting.length >= SPANS_MAX) {
      this.#count('full', 1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= BATCH_SPANS_MAX) this.#next();
  }

  /** Sends what is left while there is time and the receiver takes it; the rest is dropped. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    const { clock } = this.#ports;
    await withTimeout(clock, this.#empty(), FLUSH_MS, 'the last spans').catch(() => undefined);
    this.#count('failed', this.#waiting.length);
    this.#waiting = [];
  }

  async #empty(): Promise<void> {
    await this.#sending;
    do {
      this.#next();
      await this.#sending;
    } while (this.#waiting.length > 0 && !this.#failing);
  }

  #next(): void {
    if (this.#sending !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, BATCH_SPANS_MAX);
    this.#sending = this.#ports.send(batch).then(
      () => this.#done('sent', batch.length, undefined),
      (cause: unknown) => this.#done('failed', batch.length, cause),
    );
  }

  #done(fate: 'sent' | 'failed', spans: number, cause: unknown): void {
    const { log } = this.#ports;
    this.#sending = undefined;
    this.#count(fate, spans);
    const failing = fate === 'failed';
    if (failing && !this.#failing) log.warn({ why: reasonOf(cause) }, 'traces are not taken');
    if (!failing && this.#failing) log.info({}, 'traces are taken again');
    this.#failing = failing;
    if (this.#waiting.length >= BATCH_SPANS_MAX) this.#next();
  }
}

/** Never the headers of the request: they may hold a token. */
function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, REASON_CHARS_MAX);
}
