/** Log and metrics of one service, made together. */
import { createLog, type Logger, type LogOptions } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** What every part of a service reports to. */
export interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What they need to know. */
export interface TelemetryOptions extends LogOptions {
  /** Latencies name traces: see `createMetrics`. */
  readonly exemplars?: boolean;
}

/** Makes the log and the registry of one service. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  return { log: createLog(options), metrics: createMetrics(options.service, options.exemplars) };
}
