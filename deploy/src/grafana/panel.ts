/** What a dashboard is made of, in the few words we need. `dashboard.ts` turns them into Grafana's JSON. */

/** Units of Grafana. */
export type Unit = 'short' | 'ops' | 'reqps' | 's' | 'bytes' | 'Bps' | 'percentunit';

/** A query and how its series are called. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** A panel; `width` is of 24 columns. */
export type Panel =
  | {
      readonly kind: 'timeseries' | 'stat';
      readonly title: string;
      readonly unit: Unit;
      readonly width: number;
      readonly queries: readonly Query[];
      /** What to make of it. */
      readonly doc?: string;
    }
  | { readonly kind: 'text'; readonly title: string; readonly width: number; readonly markdown: string }
  | { readonly kind: 'logs'; readonly title: string; readonly width: number; readonly query: string };

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A field at the top of a dashboard that is typed in. */
export interface TextVariable {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** A dashboard. */
export interface Dashboard {
  /** Stays the same for ever: links and bookmarks hold it. */
  readonly uid: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly variables?: readonly TextVariable[];
  /** Also asks for a log store (Loki). */
  readonly logs?: boolean;
}

/** The installation chosen at the top of the dashboard. */
export const HERE = 'namespace=~"$namespace"';

/** A third of the width. */
export const THIRD = 8;
/** Half of the width. */
export const HALF = 12;

/** A recorded series, by its labels. */
export function recorded(
  title: string,
  unit: Unit,
  series: readonly (readonly [name: string, legend: string])[],
): Panel {
  const queries = series.map(([name, legend]) => ({ expr: `voltlane:${name}{${HERE}}`, legend }));
  return { kind: 'timeseries', title, unit, width: THIRD, queries };
}

/** Counters side by side, a second, summed over processes. Names without `voltlane_` and `_total`. */
export function rates(title: string, names: readonly string[], doc?: string): Panel {
  const queries = names.map((name) => ({
    expr: `sum(rate(voltlane_${name}_total{${HERE}}[$__rate_interval]))`,
    legend: name,
  }));
  return { kind: 'timeseries', title, unit: 'ops', width: THIRD, queries, ...(doc === undefined ? {} : { doc }) };
}

/** One counter by one of its labels, a second. */
export function ratesBy(title: string, name: string, label: string, doc?: string): Panel {
  const expr = `sum by (${label}) (rate(voltlane_${name}_total{${HERE}}[$__rate_interval])) > 0`;
  const queries = [{ expr, legend: `{{${label}}}` }];
  return { kind: 'timeseries', title, unit: 'ops', width: THIRD, queries, ...(doc === undefined ? {} : { doc }) };
}

/** Levels, summed over processes. */
export function levels(title: string, names: readonly string[], unit: Unit = 'short'): Panel {
  const queries = names.map((name) => ({ expr: `sum(voltlane_${name}{${HERE}})`, legend: name }));
  return { kind: 'timeseries', title, unit, width: THIRD, queries };
}

/** One level of each process. */
export function each(title: string, name: string, unit: Unit = 'short'): Panel {
  return {
    kind: 'timeseries',
    title,
    unit,
    width: THIRD,
    queries: [{ expr: `voltlane_${name}{${HERE}}`, legend: '{{instance}}' }],
  };
}

/** A figure in large type. */
export function figure(title: string, expr: string, unit: Unit = 'short'): Panel {
  return { kind: 'stat', title, unit, width: 4, queries: [{ expr, legend: '' }] };
}

/** What every process has, for one service. */
export function processRow(service: string): Row {
  const only = `${HERE}, service="${service}"`;
  const panel = (title: string, unit: Unit, expr: string): Panel => {
    return { kind: 'timeseries', title, unit, width: THIRD, queries: [{ expr, legend: '{{instance}}' }] };
  };
  return {
    title: 'Processes',
    panels: [
      panel('CPU (cores)', 'short', `rate(process_cpu_seconds_total{${only}}[$__rate_interval])`),
      panel('Memory', 'bytes', `process_resident_memory_bytes{${only}}`),
      panel('Event loop, 99th percentile', 's', `nodejs_eventloop_lag_p99_seconds{${only}}`),
      panel('Heap', 'bytes', `nodejs_heap_size_used_bytes{${only}}`),
      panel(
        'Pauses of garbage collection',
        'percentunit',
        `sum by (instance) (rate(nodejs_gc_duration_seconds_sum{${only}}[$__rate_interval]))`,
      ),
      panel('File descriptors in use', 'percentunit', `process_open_fds{${only}} / process_max_fds{${only}}`),
      {
        kind: 'timeseries',
        title: 'Spans, where traces are on',
        unit: 'short',
        width: THIRD,
        queries: [
          {
            expr: `sum by (fate) (rate(voltlane_trace_spans_total{${only}}[$__rate_interval]))`,
            legend: '{{fate}} a second',
          },
          { expr: `sum(voltlane_trace_spans_waiting{${only}})`, legend: 'waiting' },
        ],
        doc: 'full: more than 4,096 waited. failed: the receiver did not take them.',
      },
    ],
  };
}
