/** The counters a bus connection keeps, as metrics of the service that owns it. */
import type { Bus, BusStats } from '@voltlane/bus';
import type { Metrics } from '@voltlane/telemetry';

type Figure = readonly [field: keyof BusStats, name: string, help: string];

const COUNTERS: readonly Figure[] = [
  ['publishes', 'bus_publishes_total', 'Messages handed to the bus.'],
  ['publishedBytes', 'bus_published_bytes_total', 'Bytes handed to the bus.'],
  [
    'publishesDropped',
    'bus_publishes_dropped_total',
    'Messages dropped before sending: connection away or buffer full.',
  ],
  ['deliveries', 'bus_deliveries_total', 'Messages handed to subscribers.'],
  ['deliveredBytes', 'bus_delivered_bytes_total', 'Bytes handed to subscribers.'],
  ['deliveriesDropped', 'bus_deliveries_dropped_total', 'Messages dropped on arrival: too many waited.'],
  ['handlerErrors', 'bus_handler_errors_total', 'Subscribers that threw.'],
  ['lateReplies', 'bus_late_replies_total', 'Answers and acknowledgements after their deadline.'],
  ['appends', 'bus_appends_total', 'Journal records acknowledged.'],
  ['appendConflicts', 'bus_append_conflicts_total', 'Journal appends that another writer had overtaken.'],
  ['overloads', 'bus_overloads_total', 'Writes refused because too many were pending.'],
  ['reconnects', 'bus_reconnects_total', 'Times the connection came back.'],
];

const LEVELS: readonly Figure[] = [
  ['subscriptions', 'bus_subscriptions', 'Subscriptions open.'],
  ['waitingDeliveries', 'bus_waiting_deliveries', 'Messages that came and wait to be handled.'],
  ['pendingRequests', 'bus_pending_requests', 'Requests waiting for an answer.'],
  ['pendingAcks', 'bus_pending_acks', 'Writes waiting for their acknowledgement.'],
];

/** Registers them; they are read at each scrape. */
export function reportBus(bus: Bus, metrics: Metrics): void {
  metrics.readGauge({
    name: 'bus_connected',
    help: '1 while the connection to the bus is up.',
    read: () => (bus.status() === 'connected' ? 1 : 0),
  });
  for (const [field, name, help] of COUNTERS) metrics.readCounter({ name, help, read: () => bus.stats()[field] });
  for (const [field, name, help] of LEVELS) metrics.readGauge({ name, help, read: () => bus.stats()[field] });
}
