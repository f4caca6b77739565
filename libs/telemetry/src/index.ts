/** Logs, metrics, health and the end of a process. */
export {
  type HealthServer,
  type HealthServerOptions,
  type PortLimits,
  type Readiness,
  type RequestHandler,
  startHealthServer,
} from './health-server.ts';
export {
  createLog,
  type LineSink,
  type LogFields,
  type LogFormat,
  type Logger,
  type LogLevel,
  type LogOptions,
  type WriteLine,
} from './log.ts';
export {
  type CounterChild,
  type Family,
  type GaugeChild,
  type HistogramChild,
  type HistogramFacts,
  type Labels,
  type LabelValues,
  type MetricFacts,
  type Metrics,
  OTHER,
  type ReadFacts,
  SERIES_MAX,
} from './metrics.ts';
export type { EndedSpan, SpanAttributes } from './span.ts';
export { type ProcessPort, type SuperviseOptions, superviseProcess } from './supervise.ts';
export { createTelemetry, type Telemetry } from './telemetry.ts';
export {
  type RunningTracing,
  startTracing,
  type Tracing,
  type TracingParts,
  traceIdOf,
} from './tracing.ts';
