/** Options of tracing; part of the shared group, because a trace goes through all processes. */
import { oneUrl, optional, share } from '../kind.ts';
import type { OptionGroup } from '../option.ts';

/** Whether traces are made, and of how much. */
export interface TracingOptions {
  readonly traceUrl: string | undefined;
  readonly traceRatio: number;
}

/** The options of tracing as data. */
export const tracingOptions: OptionGroup<TracingOptions> = {
  traceUrl: {
    kind: optional(oneUrl(['http:', 'https:'])),
    default: undefined,
    doc: 'Where traces go: an OTLP/HTTP receiver, such as `http://collector:4318`. Unset: none are made. `/v1/traces` is added to a URL without a path.',
  },
  traceRatio: {
    kind: share,
    default: 0.01,
    doc: 'Share of calls and HTTP requests that begin a trace, 0 to 1. A request with a `traceparent` of its own is traced as that says.',
  },
};
