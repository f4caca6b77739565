/** Metrics that rules, dashboards and runbooks ask for and a broker of the defaults does not show, and who does. */

interface ForeignMetric {
  readonly by: string;
  /** Labels asked by, beside those a scrape adds. */
  readonly labels: readonly string[];
}

const NATS: readonly string[] = [
  'connections',
  'in_bytes',
  'in_msgs',
  'jetstream_config_max_storage',
  'jetstream_stats_storage',
  'mem',
  'out_bytes',
  'out_msgs',
  'slow_consumers',
];

/** By name. */
export const FOREIGN_METRICS: ReadonlyMap<string, ForeignMetric> = new Map<string, ForeignMetric>([
  ['up', { by: 'Prometheus', labels: [] }],
  ['ALERTS', { by: 'Prometheus', labels: ['alertname', 'alertstate'] }],
  ...NATS.map((name): [string, ForeignMetric] => [
    `nats_varz_${name}`,
    { by: 'prometheus-nats-exporter -varz -prefix nats', labels: [] },
  ]),
  ['voltlane_trace_spans_total', { by: 'our processes, while VOLTLANE_TRACE_URL is set', labels: ['fate'] }],
  ['probe_ssl_earliest_cert_expiry', { by: 'prometheus-blackbox-exporter', labels: [] }],
]);
