/** What Voltlane stands on and shows to the outside: the bus, NATS, the api, the certificates in front. */
import type { Alert } from './rule.ts';

/** The alerts. */
export const SURROUNDINGS_ALERTS: readonly Alert[] = [
  {
    alert: 'VoltlaneBusDisconnected',
    expr: 'voltlane_bus_connected == 0',
    for: '1m',
    severity: 'critical',
    summary: '{{ $labels.instance }} has no connection to NATS.',
  },
  {
    alert: 'VoltlaneBusReconnects',
    expr: 'increase(voltlane_bus_reconnects_total[15m]) > 3',
    for: '0m',
    severity: 'warning',
    summary:
      '{{ $labels.instance }} lost its connection to NATS {{ $value | humanize }} times in a quarter of an hour.',
  },
  {
    alert: 'VoltlaneBusWritesRefused',
    expr: 'sum by (namespace, service) (rate(voltlane_bus_overloads_total[5m])) > 0',
    for: '2m',
    severity: 'critical',
    summary: 'Too many writes of {{ $labels.service }} wait for NATS: {{ $value | humanize }} a second are refused.',
  },
  {
    // While the connection is away another alert speaks.
    alert: 'VoltlaneBusMessagesDropped',
    expr: 'rate(voltlane_bus_publishes_dropped_total[5m]) > 0 and voltlane_bus_connected == 1',
    for: '5m',
    severity: 'warning',
    summary:
      '{{ $labels.instance }} drops {{ $value | humanize }} messages a second: NATS does not take them fast enough.',
  },
  {
    alert: 'VoltlaneBusDeliveriesDropped',
    expr: 'rate(voltlane_bus_deliveries_dropped_total[5m]) > 0',
    for: '5m',
    severity: 'warning',
    summary:
      '{{ $labels.instance }} drops {{ $value | humanize }} messages a second on arrival: more come than it can work on.',
  },
  {
    alert: 'VoltlaneNatsDown',
    expr: 'up{job="voltlane-nats"} == 0',
    for: '2m',
    severity: 'warning',
    summary: 'NATS server {{ $labels.instance }} does not answer its exporter’s scrape.',
  },
  {
    alert: 'VoltlaneNatsSlowConsumer',
    expr: 'increase(nats_varz_slow_consumers[10m]) > 0',
    for: '0m',
    severity: 'warning',
    summary: 'NATS server {{ $labels.instance }} cut a client that reads too slowly.',
  },
  {
    alert: 'VoltlaneNatsStorage',
    expr: 'nats_varz_jetstream_stats_storage / (nats_varz_jetstream_config_max_storage > 0) > 0.8',
    for: '10m',
    severity: 'warning',
    summary: 'JetStream on {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its storage.',
  },
  {
    alert: 'VoltlaneApiErrors',
    expr: 'sum by (namespace) (voltlane:api_requests:rate5m{status="5xx"})\n  / sum by (namespace) (voltlane:api_requests:rate5m) > 0.05\nand sum by (namespace) (voltlane:api_requests:rate5m{status="5xx"}) > 0.05',
    for: '10m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the requests to the api fail.',
  },
  {
    alert: 'VoltlaneFleetIncomplete',
    expr: 'voltlane_api_fleet_incomplete == 1',
    for: '10m',
    severity: 'warning',
    summary: 'Api {{ $labels.instance }} knows more chargers than it may keep and refuses lists.',
  },
  {
    // Edges speak plain WebSocket; TLS ends in front of them, so a blackbox exporter looks at it from outside.
    alert: 'VoltlaneCertificateExpiry',
    expr: 'probe_ssl_earliest_cert_expiry{job="voltlane-tls"} - time() < 14 * 86400',
    for: '1h',
    severity: 'warning',
    summary: 'A certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.',
  },
];
