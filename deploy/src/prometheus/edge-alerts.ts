/** What edges see of chargers: connections, handshakes, calls. */
import type { Alert } from './rule.ts';

/** Refusals that mean a charger which cannot come in until somebody does something. */
const MISFITS = 'credentials|handshake|identity|lookup|notRegistered|path|securityProfile|subprotocol';

/** The alerts. */
export const EDGE_ALERTS: readonly Alert[] = [
  {
    // Edges ping, so a dead socket is seen within VOLTLANE_IDLE_TIMEOUT_MS however rarely its charger beats.
    alert: 'VoltlaneConnectionDrop',
    expr: 'voltlane:edge_connections:sum < 0.8 * max_over_time(voltlane:edge_connections:sum[1h])\nand max_over_time(voltlane:edge_connections:sum[1h]) >= 50',
    for: '3m',
    severity: 'critical',
    summary: 'More than a fifth of the chargers of the last hour are gone: {{ $value }} are connected.',
  },
  {
    alert: 'VoltlaneHandshakesRefused',
    expr: `sum by (namespace) (voltlane:edge_handshakes:rate5m{result=~"${MISFITS}"})\n  / sum by (namespace) (voltlane:edge_handshakes:rate5m) > 0.2\nand sum by (namespace) (voltlane:edge_handshakes:rate5m{result=~"${MISFITS}"}) > 0.1`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the handshakes are refused for what chargers present.',
  },
  {
    alert: 'VoltlaneAdmissionRefusals',
    expr: 'sum by (namespace) (voltlane:edge_handshakes:rate5m{result=~"rate|connectionsMax|attaches"}) > 1',
    for: '5m',
    severity: 'warning',
    summary: '{{ $value | humanize }} handshakes a second are put off: edges are at their rate or full.',
  },
  {
    alert: 'VoltlaneConnectionsNearLimit',
    expr: 'voltlane_edge_connections / voltlane_edge_connections_max > 0.85',
    for: '10m',
    severity: 'warning',
    summary: 'Edge {{ $labels.instance }} holds {{ $value | humanizePercentage }} of the sockets it may.',
  },
  {
    alert: 'VoltlaneCallsRefused',
    expr: 'sum by (namespace) (rate(voltlane_edge_overloads_total[2m])) > 0',
    for: '1m',
    severity: 'critical',
    summary: 'Edges refuse {{ $value | humanize }} calls a second: too many wait for workers.',
  },
  {
    alert: 'VoltlaneInboundQueuesFull',
    expr: 'sum by (namespace) (rate(voltlane_edge_paused_total[5m])) > 1',
    for: '10m',
    severity: 'warning',
    summary:
      '{{ $value | humanize }} times a second a socket is not read further: its charger sends faster than it is answered.',
  },
  {
    alert: 'VoltlaneEpochConflicts',
    expr: 'sum by (namespace) (rate(voltlane_edge_downlinks_total{fate="fenced"}[5m])) > 0.05\nor sum by (namespace) (rate(voltlane_worker_claim_conflicts_total[5m])) > 0.05',
    for: '10m',
    severity: 'warning',
    summary: 'Workers contend for partitions: {{ $value | humanize }} messages or claims a second are fenced off.',
  },
  {
    alert: 'VoltlaneUnreadableMessages',
    expr: 'sum by (namespace) (rate(voltlane_edge_downlinks_total{fate=~"newerVersion|malformed"}[5m])) > 0\nor sum by (namespace) (rate(voltlane_worker_unreadable_total[5m])) > 0',
    for: '5m',
    severity: 'critical',
    summary: 'Processes do not understand each other: {{ $value | humanize }} messages a second are dropped.',
  },
];
