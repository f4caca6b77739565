/**
 * Which metrics there are, read from what a process shows on `/metrics`. All series of ours exist from the start, so one scrape of a
 * fresh process tells every name, label and label value. Pure.
 */

/** Types of the exposition format. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** One metric with everything it can show. */
export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  /** Values by label, without `le` and `service`. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Services that show it. */
  readonly services: readonly string[];
}

/** All metrics by name. */
export type Catalogue = ReadonlyMap<string, Metric>;

interface OpenMetric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: Map<string, Set<string>>;
  readonly services: string[];
}

/** Labels every series or every histogram has; they distinguish no metric. */
const COMMON_LABELS: ReadonlySet<string> = new Set(['service', 'le', 'quantile']);
const TYPES: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary'];

/** The metrics of several services in one list; `texts` is what each shows, by service. */
export function readCatalogue(texts: Readonly<Record<string, string>>): Catalogue {
  const metrics = new Map<string, OpenMetric>();
  for (const [service, text] of Object.entries(texts)) {
    const helps = new Map<string, string>();
    const openMetrics = text.trimEnd().endsWith('# EOF');
    for (const line of text.split('\n')) {
      const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
      if (kind === 'HELP') helps.set(name, rest);
      else if (kind === 'TYPE') {
        // There a counter is declared without the end its series has.
        const series = openMetrics && rest === 'counter' ? `${name}_total` : name;
        declare(metrics, service, series, { type: typeOf(rest), help: helps.get(name) ?? '' });
      } else if (line !== '' && !line.startsWith('#')) note(metrics, line);
    }
  }
  return metrics;
}

/** The metric a series belongs to: `x_bucket`, `x_sum` and `x_count` are series of the histogram `x`. */
export function metricOf(catalogue: Catalogue, series: string): Metric | undefined {
  const own = catalogue.get(series);
  if (own !== undefined) return own;
  const owner = catalogue.get(series.replace(/_(bucket|sum|count)$/, ''));
  return owner?.type === 'histogram' || owner?.type === 'summary' ? owner : undefined;
}

function typeOf(text: string): MetricType {
  return TYPES.find((type) => type === text) ?? 'untyped';
}

function declare(
  metrics: Map<string, OpenMetric>,
  service: string,
  name: string,
  facts: Pick<Metric, 'type' | 'help'>,
): void {
  const known = metrics.get(name);
  if (known === undefined) metrics.set(name, { name, ...facts, labels: new Map(), services: [service] });
  else known.services.push(service);
}

function note(metrics: Map<string, OpenMetric>, line: string): void {
  const [, series = '', labels = ''] = /^([\w:]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
  const metric = metrics.get(series) ?? metrics.get(series.replace(/_(bucket|sum|count)$/, ''));
  if (metric === undefined) throw new Error(`a series without a type: ${line}`);
  for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    if (COMMON_LABELS.has(label)) continue;
    const values = metric.labels.get(label) ?? new Set();
    metric.labels.set(label, values.add(value));
  }
}
