import { type AlertCase, growing, steady, stepped } from './alert-case.ts';

const of = (metric: string, labels = ''): string =>
  `${metric}{namespace="v",service="edge",instance="a"${labels === '' ? '' : `,${labels}`}}`;
const requests = (status: string): string =>
  `voltlane_api_requests_total{namespace="v",instance="a",operation="o",status="${status}"}`;
const storage = 'nats_varz_jetstream_stats_storage{namespace="v",instance="n"}';
const storageMax = 'nats_varz_jetstream_config_max_storage{namespace="v",instance="n"}';
const expiry = 'probe_ssl_earliest_cert_expiry{job="voltlane-tls",instance="wss://ocpp.example"}';
const DAY_S = 86_400;

/** Cases of surroundings-alerts.ts. */
export const SURROUNDINGS_CASES: readonly AlertCase[] = [
  {
    alert: 'VoltlaneBusDisconnected',
    fires: { [of('voltlane_bus_connected')]: stepped(1, 20, 0) },
    quiet: { [of('voltlane_bus_connected')]: '1+0x28 0+0x0 1+0x30' },
  },
  {
    alert: 'VoltlaneBusReconnects',
    fires: { [of('voltlane_bus_reconnects_total')]: growing(0.5) },
    quiet: { [of('voltlane_bus_reconnects_total')]: stepped(0, 25, 2) },
  },
  {
    alert: 'VoltlaneBusWritesRefused',
    fires: { [of('voltlane_bus_overloads_total')]: growing(1) },
    quiet: { [of('voltlane_bus_overloads_total')]: stepped(0, 10, 40) },
  },
  {
    alert: 'VoltlaneBusMessagesDropped',
    fires: { [of('voltlane_bus_publishes_dropped_total')]: growing(10), [of('voltlane_bus_connected')]: steady(1) },
    quiet: { [of('voltlane_bus_publishes_dropped_total')]: growing(10), [of('voltlane_bus_connected')]: steady(0) },
  },
  {
    alert: 'VoltlaneBusDeliveriesDropped',
    fires: { [of('voltlane_bus_deliveries_dropped_total')]: growing(10) },
    quiet: { [of('voltlane_bus_deliveries_dropped_total')]: steady(100) },
  },
  {
    alert: 'VoltlaneNatsDown',
    fires: { 'up{job="voltlane-nats",namespace="v",instance="n"}': steady(0) },
    quiet: { 'up{job="voltlane-nats",namespace="v",instance="n"}': '1+0x28 0+0x1 1+0x30' },
  },
  {
    alert: 'VoltlaneNatsSlowConsumer',
    fires: { 'nats_varz_slow_consumers{namespace="v",instance="n"}': stepped(0, 25, 1) },
    quiet: { 'nats_varz_slow_consumers{namespace="v",instance="n"}': steady(3) },
  },
  {
    alert: 'VoltlaneNatsStorage',
    fires: { [storage]: steady(85), [storageMax]: steady(100) },
    quiet: { [storage]: steady(75), [storageMax]: steady(100) },
  },
  {
    alert: 'VoltlaneApiErrors',
    fires: { [requests('5xx')]: growing(6), [requests('2xx')]: growing(60) },
    quiet: { [requests('5xx')]: growing(2), [requests('4xx')]: growing(60), [requests('2xx')]: growing(60) },
  },
  {
    alert: 'VoltlaneFleetIncomplete',
    fires: { [of('voltlane_api_fleet_incomplete')]: steady(1) },
    quiet: { [of('voltlane_api_fleet_incomplete')]: steady(0) },
  },
  {
    alert: 'VoltlaneCertificateExpiry',
    fires: { [expiry]: steady(13 * DAY_S, 130) },
    quiet: { [expiry]: steady(16 * DAY_S, 130), 'probe_ssl_earliest_cert_expiry{job="other"}': steady(DAY_S, 130) },
    at: '2h',
  },
];
