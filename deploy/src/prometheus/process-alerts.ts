/** What is true of every process: that it runs, and what it needs to run. */
import { type Alert, OURS } from './rule.ts';

const absent = (service: string): string =>
  `label_replace(absent(up{job="voltlane-${service}"} == 1), "job", "voltlane-${service}", "", "")`;

/** The alerts. */
export const PROCESS_ALERTS: readonly Alert[] = [
  {
    alert: 'VoltlaneServiceAbsent',
    expr: ['edge', 'worker', 'api'].map(absent).join('\nor '),
    for: '1m',
    severity: 'critical',
    summary: 'Not one process of {{ $labels.job }} is up.',
  },
  {
    alert: 'VoltlaneProcessDown',
    expr: 'up{job=~"voltlane-(edge|worker|api)"} == 0',
    for: '2m',
    severity: 'warning',
    summary: '{{ $labels.instance }} of {{ $labels.job }} does not answer its scrape.',
  },
  {
    alert: 'VoltlaneRestarting',
    expr: `changes(process_start_time_seconds{${OURS}}[30m]) > 2`,
    for: '0m',
    severity: 'warning',
    summary: '{{ $labels.instance }} restarted {{ $value }} times in half an hour.',
  },
  {
    alert: 'VoltlaneEventLoopLag',
    expr: `nodejs_eventloop_lag_p99_seconds{${OURS}} > 0.2`,
    for: '5m',
    severity: 'warning',
    summary: 'The event loop of {{ $labels.instance }} is {{ $value | humanizeDuration }} late.',
  },
  {
    alert: 'VoltlaneFileDescriptors',
    expr: `process_open_fds{${OURS}} / process_max_fds > 0.85`,
    for: '5m',
    severity: 'warning',
    summary: '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its file descriptors.',
  },
  {
    alert: 'VoltlaneMemory',
    expr: `process_resident_memory_bytes{${OURS}} / voltlane_memory_limit_bytes > 0.85\nor nodejs_heap_size_used_bytes{${OURS}} / voltlane_heap_limit_bytes > 0.85`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of the memory or of the heap it may have.',
  },
];
