/** The whole at a glance, NATS beneath it, and one charger. */
import { type Dashboard, figure, HALF, HERE, levels, type Panel, rates, ratesBy, recorded, THIRD } from './panel.ts';

const nats = (
  title: string,
  unit: 'short' | 'bytes' | 'ops' | 'Bps',
  queries: readonly (readonly [string, string])[],
): Panel => {
  return {
    kind: 'timeseries',
    title,
    unit,
    width: THIRD,
    queries: queries.map(([expr, legend]) => ({ expr, legend })),
  };
};

/** First look: are chargers connected and answered, and is anything burning. */
export const FLEET: Dashboard = {
  uid: 'voltlane-fleet',
  title: 'Voltlane / Fleet',
  rows: [
    {
      title: 'Now',
      panels: [
        figure('Connected', `sum(voltlane:edge_connections:sum{${HERE}})`),
        figure('Calls answered', `sum(voltlane:edge_calls:rate5m{${HERE}, outcome=~"result|noted"})`, 'reqps'),
        figure('99th percentile', `max(voltlane:edge_call_seconds:p99_5m{${HERE}})`, 's'),
        figure('Failed calls, 1 h', `max(voltlane:call_errors:ratio_1h{${HERE}})`, 'percentunit'),
        figure('Partitions unowned', `max(voltlane:worker_partitions_unowned:min{${HERE}})`),
        figure('Alerts', 'count(ALERTS{alertname=~"Voltlane.*", alertstate="firing"}) or vector(0)'),
      ],
    },
    {
      title: 'Chargers',
      panels: [
        recorded('Connections', 'short', [['edge_connections:sum', 'connected']]),
        recorded('Handshakes', 'reqps', [['edge_handshakes:rate5m', '{{result}}']]),
        ratesBy('Sessions', 'worker_sessions', 'event'),
        recorded('Calls by outcome', 'reqps', [['edge_calls:rate5m', '{{outcome}}']]),
        recorded('Time to the answer', 's', [
          ['edge_call_seconds:p50_5m', 'median'],
          ['edge_call_seconds:p99_5m', '99th percentile'],
        ]),
        ratesBy('Events recorded', 'worker_events', 'kind'),
      ],
    },
    {
      title: 'Error budgets of 30 days',
      panels: [
        recorded('Failed calls (promise: 0.1 %)', 'percentunit', [
          ['call_errors:ratio_1h', '1 h'],
          ['call_errors:ratio_6h', '6 h'],
          ['call_errors:ratio_3d', '3 d'],
        ]),
        recorded('Slow calls (promise: 1 %)', 'percentunit', [
          ['call_slowness:ratio_1h', '1 h'],
          ['call_slowness:ratio_6h', '6 h'],
          ['call_slowness:ratio_3d', '3 d'],
        ]),
        recorded('CPU (cores)', 'short', [['process_cpu:rate5m', '{{service}}']]),
      ],
    },
  ],
};

/** NATS as its clients see it, and as its own exporter does. */
export const NATS: Dashboard = {
  uid: 'voltlane-nats',
  title: 'Voltlane / NATS',
  rows: [
    {
      title: 'As the services see it',
      panels: [
        levels('Connected', ['bus_connected']),
        rates('Messages', ['bus_publishes', 'bus_deliveries']),
        { ...rates('Bytes', ['bus_published_bytes', 'bus_delivered_bytes']), title: 'Bytes a second' },
        rates('Journal', ['bus_appends', 'bus_append_conflicts']),
        rates('Trouble', [
          'bus_reconnects',
          'bus_publishes_dropped',
          'bus_deliveries_dropped',
          'bus_overloads',
          'bus_late_replies',
          'bus_handler_errors',
        ]),
        levels('Waiting', ['bus_pending_requests', 'bus_pending_acks', 'bus_waiting_deliveries', 'bus_subscriptions']),
        recorded('Append, 99th percentile', 's', [['worker_append_seconds:p99_5m', '{{class}}']]),
        ratesBy('Appends without acknowledgement', 'worker_append_failures', 'class'),
      ],
    },
    {
      title: 'As its exporter sees it',
      panels: [
        nats('Connections', 'short', [[`nats_varz_connections{${HERE}}`, '{{instance}}']]),
        nats('Slow consumers', 'short', [[`nats_varz_slow_consumers{${HERE}}`, '{{instance}}']]),
        nats('Messages', 'ops', [
          [`rate(nats_varz_in_msgs{${HERE}}[$__rate_interval])`, 'in {{instance}}'],
          [`rate(nats_varz_out_msgs{${HERE}}[$__rate_interval])`, 'out {{instance}}'],
        ]),
        nats('Bytes', 'Bps', [
          [`rate(nats_varz_in_bytes{${HERE}}[$__rate_interval])`, 'in {{instance}}'],
          [`rate(nats_varz_out_bytes{${HERE}}[$__rate_interval])`, 'out {{instance}}'],
        ]),
        nats('JetStream storage', 'bytes', [
          [`nats_varz_jetstream_stats_storage{${HERE}}`, 'used {{instance}}'],
          [`nats_varz_jetstream_config_max_storage{${HERE}}`, 'limit {{instance}}'],
        ]),
        nats('Memory', 'bytes', [[`nats_varz_mem{${HERE}}`, '{{instance}}']]),
      ],
    },
  ],
};

const STEPS = `Metrics never carry a charger: with 100,000 of them no Prometheus could. What is known of **$tenant / $charger**:

- State, connection, transactions: \`curl -H "Authorization: Bearer $KEY" '$api/v1/chargers/$charger?tenant=$tenant'\`
- What it did, from the oldest event that is kept: \`curl -N -H "Authorization: Bearer $KEY" '$api/v1/events?charger=$charger&tenant=$tenant&from=oldest'\`
- Ask it something: \`curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' '$api/v1/chargers/$charger/commands?tenant=$tenant' -d '{"action":"TriggerMessage","payload":{"requestedMessage":"Heartbeat"}}'\`

\`KEY\` is a key of the api with the role \`viewer\` or, for commands, \`operator\`. The lines below are those of edges and workers that name the charger.`;

/** One charger: its log lines and where to ask about it. */
export const CHARGER: Dashboard = {
  uid: 'voltlane-charger',
  title: 'Voltlane / One charger',
  logs: true,
  variables: [
    { name: 'tenant', label: 'Tenant', value: 'default' },
    { name: 'charger', label: 'Charger', value: 'CP1' },
    { name: 'selector', label: 'Log streams', value: 'app="voltlane"' },
    { name: 'api', label: 'Api', value: 'http://127.0.0.1:8080' },
  ],
  rows: [
    { title: 'Where to ask', panels: [{ kind: 'text', title: 'Where to ask', width: 24, markdown: STEPS }] },
    {
      title: 'What edges and workers wrote about it',
      panels: [
        {
          kind: 'logs',
          title: 'Log lines',
          width: 24,
          query: '{${selector:raw}} | json | chargerId="$charger" or charger="$charger"',
        },
      ],
    },
    {
      title: 'Is it the charger, or everybody?',
      panels: [
        { ...recorded('Connections of all', 'short', [['edge_connections:sum', 'connected']]), width: HALF },
        { ...recorded('Calls of all, by outcome', 'reqps', [['edge_calls:rate5m', '{{outcome}}']]), width: HALF },
      ],
    },
  ],
};
