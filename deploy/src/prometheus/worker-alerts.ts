/** What workers see: partitions, the journal, mailboxes, commands, handlers. */
import type { Alert } from './rule.ts';

const UNANSWERED = 'noHandler|timeout|invalid|full';
const SENT = 'accepted|rejected|callError|timeout';

/** The alerts. */
export const WORKER_ALERTS: readonly Alert[] = [
  {
    alert: 'VoltlanePartitionUnowned',
    expr: 'voltlane:worker_partitions_unowned:min > 0',
    for: '1m',
    severity: 'critical',
    summary: '{{ $value }} partitions have no worker: their chargers get no answers.',
  },
  {
    alert: 'VoltlaneWorkerFenced',
    // Between one and two, because `increase` extrapolates.
    expr: 'increase(voltlane_worker_self_fenced_total[30m]) > 1.5',
    for: '0m',
    severity: 'warning',
    summary:
      'Worker {{ $labels.instance }} gave its partitions up {{ $value | humanize }} times in half an hour: its heartbeats come late.',
  },
  {
    alert: 'VoltlaneAppendConflicts',
    expr: 'sum by (namespace) (rate(voltlane_worker_append_conflicts_total[5m])) > 0.05',
    for: '10m',
    severity: 'warning',
    summary: '{{ $value | humanize }} appends a second find a newer record: two writers for one charger.',
  },
  {
    alert: 'VoltlaneAppendErrors',
    expr: 'sum by (namespace) (rate(voltlane_worker_append_failures_total[2m])) > 0',
    for: '3m',
    severity: 'critical',
    summary: '{{ $value | humanize }} appends a second get no acknowledgement: nothing durable is answered.',
  },
  {
    alert: 'VoltlaneAppendSlow',
    expr: 'voltlane:worker_append_seconds:p99_5m{class="state"} > 0.5',
    for: '10m',
    severity: 'warning',
    summary: 'One append in a hundred takes {{ $value | humanizeDuration }} or longer.',
  },
  {
    alert: 'VoltlaneMessagesGivenUp',
    expr: 'sum by (namespace) (increase(voltlane_worker_failures_total[10m])) > 0.5',
    for: '0m',
    severity: 'critical',
    summary: 'Workers gave {{ $value | humanize }} messages up in ten minutes.',
  },
  {
    alert: 'VoltlaneDuplicateSpike',
    expr: 'voltlane:worker_duplicates:ratio_10m > 0.1\nand sum by (namespace) (rate(voltlane_worker_duplicates_total[10m])) > 0.1',
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the calls are repetitions.',
  },
  {
    alert: 'VoltlaneConflictingContent',
    expr: 'sum by (namespace) (increase(voltlane_worker_conflicting_content_total[1h])) > 10',
    for: '0m',
    severity: 'warning',
    summary: '{{ $value | humanize }} transaction messages of the last hour repeat an applied one with other content.',
  },
  {
    alert: 'VoltlaneDuplicateIdentity',
    expr: 'sum by (namespace) (increase(voltlane_worker_sessions_total{event="duplicateIdentity"}[1h])) > 0.5',
    for: '0m',
    severity: 'warning',
    summary: 'Two chargers use one identity and replace each other’s connections.',
  },
  {
    alert: 'VoltlaneMailboxesFull',
    expr: 'sum by (namespace) (rate(voltlane_worker_refused_total{reason="full"}[5m])) > 0',
    for: '5m',
    severity: 'warning',
    summary: '{{ $value | humanize }} messages a second find a full mailbox and are sent again.',
  },
  {
    alert: 'VoltlaneWorkerPressure',
    expr: 'voltlane_worker_under_pressure == 1',
    for: '10m',
    severity: 'warning',
    summary: 'Worker {{ $labels.instance }} puts boots of chargers off.',
  },
  {
    alert: 'VoltlaneCommandTimeouts',
    expr: `sum by (namespace) (voltlane:worker_commands:rate30m{outcome="timeout"})\n  / sum by (namespace) (voltlane:worker_commands:rate30m{outcome=~"${SENT}"}) > 0.2\nand sum by (namespace) (voltlane:worker_commands:rate30m{outcome="timeout"}) > 0.01`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the commands sent are not answered by their chargers.',
  },
  {
    alert: 'VoltlaneHandlersFailing',
    expr: `sum by (namespace) (rate(voltlane_worker_handler_asks_total{outcome=~"${UNANSWERED}"}[5m]))\n  / sum by (namespace) (rate(voltlane_worker_handler_asks_total[5m])) > 0.1\nand sum by (namespace) (rate(voltlane_worker_handler_asks_total{outcome=~"${UNANSWERED}"}[5m])) > 0.05`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the questions to your handlers end in their fallback.',
  },
  {
    alert: 'VoltlaneJournalTrimFailing',
    expr: 'sum by (namespace) (increase(voltlane_worker_journal_trim_failures_total[1h])) > 3',
    for: '0m',
    severity: 'warning',
    summary: 'Old records could not be removed {{ $value | humanize }} times in the last hour: the journal grows.',
  },
];
