/**
 * Traces, when somebody asked for them. A span is told whole, when it has ended: until then it is one text, its traceparent, which
 * lies where the thing it is about lies (a call at the edge, a command in the durable state) and travels with it. So nothing is held
 * open here, a span of a command survives its owner, and who is not traced carries nothing.
 *
 * OpenTelemetry is loaded by the first process that sends traces, and by no other.
 */
import type { Clock, Random } from '@voltlane/time';
import { formatTraceparent, parseTraceparent } from '@voltlane/wire';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { EndedSpan } from './span.ts';
import { SpanQueue } from './span-queue.ts';

/** Makes contexts of spans and takes spans that have ended. */
export interface Tracing {
  /** Context of the root of a new trace, for the configured share of those who ask. */
  begin(): string | undefined;
  /** Context of a new span below this one. */
  below(parent: string): string;
  /** Takes a span on its way. Never waits and never throws: what finds no room is dropped and counted. */
  ended(span: EndedSpan): void;
}

/** Tracing that sends what it takes. */
export interface RunningTracing extends Tracing {
  /** Sends what is left, for `FLUSH_MS` at most. */
  stop(): Promise<void>;
}

/** What tracing is made of. */
export interface TracingParts {
  /** OTLP/HTTP receiver; undefined: no traces. */
  readonly url: string | undefined;
  /** Share of `begin` that begins a trace. */
  readonly ratio: number;
  readonly service: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<Metrics, 'counter' | 'readGauge'>;
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Where OTLP/HTTP takes traces unless the URL says otherwise. */
const TRACES_PATH = '/v1/traces';
/** The two clocks are brought together anew when they have drifted this far apart; below it is the coarseness of the wall clock. */
const DRIFT_MS_MAX = 5;

/** Starts to take spans, or returns undefined where nobody wants them. */
export async function startTracing(parts: TracingParts): Promise<RunningTracing | undefined> {
  if (parts.url === undefined) return undefined;
  const { createOtlpSender } = await import('./otlp-sender.ts');
  const { service, instance, clock, log, metrics } = parts;
  const sender = createOtlpSender({ url: tracesUrl(parts.url), service, instance });
  const queue = new SpanQueue({ send: (spans) => sender.send(spans), clock, log, metrics });
  queue.start();
  return new SpanSource(parts, queue, () => sender.stop());
}

/** The address traces are posted to. */
export function tracesUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = TRACES_PATH;
  return parsed.href;
}

/** Id of the trace of a context, as it stands in logs and exemplars. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** Makes contexts; spans go to `queue`. */
export class SpanSource implements RunningTracing {
  readonly #parts: Pick<TracingParts, 'ratio' | 'clock' | 'random'>;
  readonly #queue: Pick<SpanQueue, 'add' | 'stop'>;
  readonly #onStopped: () => void;
  #offsetMs: number;

  constructor(
    parts: Pick<TracingParts, 'ratio' | 'clock' | 'random'>,
    queue: Pick<SpanQueue, 'add' | 'stop'>,
    onStopped: () => void,
  ) {
    this.#parts = parts;
    this.#queue = queue;
    this.#onStopped = onStopped;
    this.#offsetMs = parts.clock.nowMs() - parts.clock.monotonicMs();
  }

  begin(): string | undefined {
    const { ratio, random } = this.#parts;
    if (ratio === 0 || (ratio < 1 && random.next() >= ratio)) return undefined;
    return formatTraceparent(this.#id(TRACE_ID_BYTES), this.#id(SPAN_ID_BYTES));
  }

  below(parent: string): string {
    return formatTraceparent(traceIdOf(parent), this.#id(SPAN_ID_BYTES));
  }

  ended(span: EndedSpan): void {
    if (parseTraceparent(span.traceparent) === undefined) throw new TypeError(`no traceparent: ${span.traceparent}`);
    const offsetMs = this.#offset();
    const { events } = span;
    this.#queue.add({
      ...span,
      startedMs: span.startedMs + offsetMs,
      endedMs: Math.max(span.startedMs, span.endedMs) + offsetMs,
      ...(events === undefined ? {} : { events: events.map(({ name, atMs }) => ({ name, atMs: atMs + offsetMs })) }),
    });
  }

  async stop(): Promise<void> {
    await this.#queue.stop();
    this.#onStopped();
  }

  /** Monotonic time to wall time: steady, so that a span never begins before its parent by the coarseness of a clock. */
  #offset(): number {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs() - clock.monotonicMs();
    if (Math.abs(nowMs - this.#offsetMs) > DRIFT_MS_MAX) this.#offsetMs = nowMs;
    return this.#offsetMs;
  }

  /** Not all zero, which stands for none. */
  #id(bytes: number): string {
    for (;;) {
      const id = Buffer.from(this.#parts.random.bytes(bytes)).toString('hex');
      if (!/^0+$/.test(id)) return id;
    }
  }
}
