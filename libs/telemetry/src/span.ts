/** A span as the parts of a process tell it. */

/** What a span is to its parent: OpenTelemetry's kinds. */
export type SpanKindName = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Facts of a span. Charger, tenant and action may be among them; a payload, a token or an address never. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span that has ended. */
export interface EndedSpan {
  /** Its own context, from `begin` or `below`. */
  readonly traceparent: string;
  /** Context of the span it is below; undefined at the root. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: SpanKindName;
  /** Monotonic ms; may lie before the start of this process. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly attributes: SpanAttributes;
  /** What went wrong, as a short code; undefined when nothing did. */
  readonly error?: string | undefined;
  readonly events?: readonly { readonly name: string; readonly atMs: number }[];
}

/** A span on its way to the receiver: its times are by the wall clock, ms since epoch with fractions. */
export type QueuedSpan = EndedSpan;
