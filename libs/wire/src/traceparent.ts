/**
 * The context of a trace as text: `00-<trace id>-<span id>-<flags>`, W3C Trace Context level 1. What travels between the processes of
 * the broker belongs to a trace that is recorded: who is not asked to record carries nothing. Pure.
 */

/** What a traceparent says. */
export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all zero. */
  readonly spanId: string;
  /** Whoever began the trace records it. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
/** `00-` + 32 + `-` + 16 + `-01`. */
const CHARS = 55;
const SAMPLED = 1;

/** Reads a text; undefined when it is none. Of versions to come only what this one knows is read, as W3C asks. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** The text of a span that is recorded. */
export function formatTraceparent(traceId: string, spanId: string): string {
  return `00-${traceId}-${spanId}-01`;
}

/** What stands at a place of an envelope, if it is the context of a recorded trace; anything else counts as missing, never as an error. */
export function readTraceparent(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== CHARS) return undefined;
  return parseTraceparent(value)?.sampled === true ? value : undefined;
}
