/**
 * Spans to an OTLP/HTTP receiver as JSON: the only door to OpenTelemetry, loaded only where traces are on. Retries what may be retried
 * within `SEND_MS`; headers for the receiver come from OTEL_EXPORTER_OTLP_HEADERS, which the exporter reads by itself.
 */
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { parseTraceparent } from '@voltlane/wire';
import type { QueuedSpan, SpanKindName } from './span.ts';

/** Where spans go and whose they are. */
export interface OtlpSenderOptions {
  readonly url: string;
  readonly service: string;
  readonly instance: string;
}

/** Sends spans. */
export interface OtlpSender {
  /** Resolves when the receiver took them. */
  send(spans: readonly QueuedSpan[]): Promise<void>;
  /** Takes nothing more; what is on its way is given up by its own deadline. */
  stop(): void;
}

type ReadableSpan = Parameters<OTLPTraceExporter['export']>[0][number];

/** Longest one batch may take, retries included. */
const SEND_MS = 5_000;
const FAILED = 1;
const SCOPE = { name: 'voltlane' } as const;

const KINDS: Readonly<Record<SpanKindName, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Makes a sender; connects to nothing yet. */
export function createOtlpSender({ url, service, instance }: OtlpSenderOptions): OtlpSender {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: SEND_MS, concurrencyLimit: 2 });
  const resource = resourceFromAttributes({
    'service.name': `voltlane-${service}`,
    'service.namespace': 'voltlane',
    'service.instance.id': instance,
  });
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        const readable = spans.flatMap((span) => readableOf(span, resource));
        exporter.export(readable, ({ code, error }) => {
          if (code === FAILED) reject(error ?? new Error('the receiver took nothing'));
          else resolve();
        });
      }),
    stop: () => void exporter.shutdown().catch(() => undefined),
  };
}

/** The span as the exporter reads it; none when its context is no context. */
function readableOf(span: QueuedSpan, resource: ReadableSpan['resource']): ReadableSpan[] {
  const own = parseTraceparent(span.traceparent);
  if (own === undefined) return [];
  const parent = span.parent === undefined ? undefined : parseTraceparent(span.parent);
  const context = { traceId: own.traceId, spanId: own.spanId, traceFlags: 1 };
  const { error } = span;
  return [
    {
      name: span.name,
      kind: KINDS[span.kind],
      spanContext: () => context,
      ...(parent === undefined
        ? {}
        : { parentSpanContext: { traceId: parent.traceId, spanId: parent.spanId, traceFlags: 1, isRemote: true } }),
      startTime: timeOf(span.startedMs),
      endTime: timeOf(span.endedMs),
      duration: timeOf(span.endedMs - span.startedMs),
      status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
      attributes: error === undefined ? span.attributes : { ...span.attributes, 'error.type': error },
      events: (span.events ?? []).map(({ name, atMs }) => ({ name, time: timeOf(atMs) })),
      links: [],
      ended: true,
      resource,
      instrumentationScope: SCOPE,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    },
  ];
}

/** Seconds and nanoseconds. */
function timeOf(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1_000_000))];
}
