/**
 * Telemetry of a simulated node: counts into plain numbers, keeps the levels readable for the invariants, writes no log. The real
 * registry would measure the real event loop.
 */
import type { Family, Labels, Logger, Metrics, Telemetry } from '@voltlane/telemetry';

/** Telemetry whose levels can be read. */
export interface QuietTelemetry extends Telemetry {
  /** Levels and counts kept by their owners, by metric name. */
  readonly levels: ReadonlyMap<string, () => number>;
}

/** Hears each line a node would have logged. */
export type OnLine = (level: string, fields: Readonly<Record<string, unknown>>, event: string) => void;

/** Telemetry of one node. */
export function quietTelemetry(onLine: OnLine | undefined): QuietTelemetry {
  const levels = new Map<string, () => number>();
  return { log: quietLog(onLine, {}), metrics: quietMetrics(levels), levels };
}

const nothing = (): void => undefined;

function quietLog(onLine: OnLine | undefined, fields: Readonly<Record<string, unknown>>): Logger {
  const line = (level: string) =>
    onLine === undefined
      ? nothing
      : (own: Readonly<Record<string, unknown>>, event: string): void => onLine(level, { ...fields, ...own }, event);
  return {
    debug: nothing,
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    fatal: line('fatal'),
    child: (more) => quietLog(onLine, { ...fields, ...more }),
  };
}

function quietMetrics(levels: Map<string, () => number>): Metrics {
  const counter = { add: nothing };
  const gauge = { set: nothing, add: nothing };
  const histogram = { observe: nothing };
  const same = <L extends Labels, C>(child: C): Family<L, C> => ({ of: () => child });
  return {
    counter: () => same(counter),
    gauge: () => same(gauge),
    histogram: () => same(histogram),
    readGauge({ name, read }): void {
      levels.set(name, read);
    },
    readCounter({ name, read }): void {
      levels.set(name, read);
    },
    expose: () => Promise.resolve(''),
    contentType: 'text/plain',
    seriesCount: () => Promise.resolve(0),
  };
}
