/**
 * Series kept ready for alerts, dashboards and the autoscaler. `namespace` is the installation: two of them in one Prometheus stay apart; on
 * plain hosts the label is missing, which is a value, too.
 */
import { BUDGET_INTERVAL_S, BUDGET_RECORDINGS, SLOW_CALL_S } from './budget.ts';
import { OURS, type Recording, type RuleGroup } from './rule.ts';

const quantile = (share: number, metric: string, by: string): string =>
  `histogram_quantile(${share}, sum by (${by}, le) (rate(voltlane_${metric}_bucket[5m])))`;

const EDGE: readonly Recording[] = [
  {
    record: 'voltlane:edge_connections:sum',
    expr: 'sum by (namespace) (voltlane_edge_connections)',
    doc: 'Open sockets of the fleet.',
  },
  {
    record: 'voltlane:edge_accepted:rate2m',
    expr: 'sum by (namespace, pod, instance) (rate(voltlane_edge_handshakes_total{result="accepted"}[2m]))',
    doc: 'Sockets accepted a second by each edge: what the autoscaler of the edges goes by, beside their connections.',
  },
  {
    record: 'voltlane:edge_handshakes:rate5m',
    expr: 'sum by (namespace, result) (rate(voltlane_edge_handshakes_total[5m]))',
    doc: 'Handshakes a second by result.',
  },
  {
    record: 'voltlane:edge_calls:rate5m',
    expr: 'sum by (namespace, outcome) (rate(voltlane_edge_calls_total[5m]))',
    doc: 'Calls of chargers a second by outcome.',
  },
  {
    record: 'voltlane:edge_calls_timed:rate5m',
    expr: 'sum by (namespace) (rate(voltlane_edge_call_seconds_count[5m]))',
    doc: 'Calls of chargers a second whose time was taken.',
  },
  {
    record: 'voltlane:edge_calls_slow:rate5m',
    expr: `voltlane:edge_calls_timed:rate5m - sum by (namespace) (rate(voltlane_edge_call_seconds_bucket{le="${SLOW_CALL_S}"}[5m]))`,
    doc: `Calls of chargers a second answered later than ${SLOW_CALL_S} s.`,
  },
  {
    record: 'voltlane:edge_call_seconds:p50_5m',
    expr: quantile(0.5, 'edge_call_seconds', 'namespace'),
    doc: 'Median time from a call to its answer.',
  },
  {
    record: 'voltlane:edge_call_seconds:p99_5m',
    expr: quantile(0.99, 'edge_call_seconds', 'namespace'),
    doc: '99th percentile of the time from a call to its answer.',
  },
];

const WORKER: readonly Recording[] = [
  {
    record: 'voltlane:worker_partitions_unowned:min',
    expr: 'min by (namespace) (voltlane_worker_partitions_unowned)',
    doc: 'Partitions nobody acts for. A fenced worker sees nothing and reports all, so the smallest figure is the true one.',
  },
  {
    record: 'voltlane:worker_calls:rate5m',
    expr: 'sum by (namespace, result) (rate(voltlane_worker_calls_total[5m]))',
    doc: 'Calls decided a second by result.',
  },
  {
    record: 'voltlane:worker_append_seconds:p99_5m',
    expr: quantile(0.99, 'worker_append_seconds', 'namespace, class'),
    doc: '99th percentile of the time from an append to its acknowledgement.',
  },
  {
    record: 'voltlane:worker_duplicates:ratio_10m',
    expr: 'sum by (namespace) (rate(voltlane_worker_duplicates_total[10m])) / sum by (namespace) (rate(voltlane_worker_calls_total[10m]))',
    doc: 'Share of calls that were recognised as applied before.',
  },
  {
    record: 'voltlane:worker_commands:rate30m',
    expr: 'sum by (namespace, outcome) (rate(voltlane_worker_commands_total[30m]))',
    doc: 'Commands ended a second by outcome.',
  },
  {
    record: 'voltlane:worker_command_seconds:p99_5m',
    expr: quantile(0.99, 'worker_command_seconds', 'namespace'),
    doc: '99th percentile of the time from a command to the answer of its charger.',
  },
  {
    record: 'voltlane:worker_handler_seconds:p99_5m',
    expr: quantile(0.99, 'worker_handler_seconds', 'namespace'),
    doc: '99th percentile of the time from a question to the reply of a handler.',
  },
];

const API: readonly Recording[] = [
  {
    record: 'voltlane:api_requests:rate5m',
    expr: 'sum by (namespace, status) (rate(voltlane_api_requests_total[5m]))',
    doc: 'Requests a second by class of status.',
  },
  {
    record: 'voltlane:api_request_duration_seconds:p99_5m',
    expr: quantile(0.99, 'api_request_duration_seconds', 'namespace'),
    doc: '99th percentile of the time of a request.',
  },
];

const PROCESS: readonly Recording[] = [
  {
    record: 'voltlane:process_cpu:rate5m',
    expr: `sum by (namespace, service) (rate(process_cpu_seconds_total{${OURS}}[5m]))`,
    doc: 'Cores in use by service.',
  },
];

/** All recording rules. */
export const RECORDINGS: readonly RuleGroup<Recording>[] = [
  { name: 'voltlane-edge', rules: EDGE },
  { name: 'voltlane-budget', intervalS: BUDGET_INTERVAL_S, rules: BUDGET_RECORDINGS },
  { name: 'voltlane-worker', rules: WORKER },
  { name: 'voltlane-api', rules: API },
  { name: 'voltlane-process', rules: PROCESS },
];
