/** One dashboard for each kind of process. */
import { type Dashboard, each, HERE, levels, processRow, rates, ratesBy, recorded, THIRD } from './panel.ts';

/** Edges. */
export const EDGE: Dashboard = {
  uid: 'voltlane-edge',
  title: 'Voltlane / Edge',
  rows: [
    {
      title: 'Sockets',
      panels: [
        each('Connections by edge', 'edge_connections'),
        recorded('Accepted by edge', 'reqps', [['edge_accepted:rate2m', '{{pod}} {{instance}}']]),
        ratesBy('Handshakes', 'edge_handshakes', 'result'),
        levels('Held', ['edge_connections', 'edge_connections_max', 'edge_sessions']),
        ratesBy(
          'Cut by the edge',
          'edge_sockets_cut',
          'reason',
          'slowReader: it does not read what it is sent. silent: nothing came for VOLTLANE_IDLE_TIMEOUT_MS.',
        ),
        ratesBy('Transport errors', 'edge_socket_errors', 'error'),
        rates('Replaced and paused', ['edge_replaced', 'edge_paused']),
      ],
    },
    {
      title: 'Calls of chargers',
      panels: [
        ratesBy('By action', 'edge_calls', 'action'),
        ratesBy('By outcome', 'edge_calls', 'outcome'),
        {
          kind: 'timeseries',
          title: 'Time to the answer, by edge, 99th percentile',
          unit: 's',
          width: THIRD,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (instance, le) (rate(voltlane_edge_call_seconds_bucket{${HERE}}[$__rate_interval])))`,
              legend: '{{instance}}',
            },
          ],
        },
        each('Without a reply yet', 'edge_pending'),
        each('Handshakes waiting for the workers', 'edge_handshakes_waiting'),
        each('Sessions that may be on their way at once', 'edge_attach_limit'),
        rates('Sent again', ['edge_resends', 'edge_no_responders', 'edge_overloads', 'edge_coalesced']),
        ratesBy('Messages of workers', 'edge_downlinks', 'fate'),
      ],
    },
    {
      title: 'The language',
      panels: [
        ratesBy('Frames received', 'edge_frames_received', 'type'),
        ratesBy('Frames sent', 'edge_frames_sent', 'type'),
        rates('Bytes received, characters sent', ['edge_received_bytes', 'edge_sent_chars']),
        ratesBy('No OCPP-J frame', 'edge_frame_invalid', 'kind'),
        ratesBy('Errors sent', 'edge_error_sent', 'kind'),
        ratesBy('Deviations mended', 'edge_deviation', 'kind'),
        ratesBy('Answers nobody waits for', 'edge_unmatched', 'kind'),
        ratesBy('SENDs dropped', 'edge_send_dropped', 'kind'),
        rates('Odd', ['edge_send_as_call', 'edge_result_refused']),
        ratesBy('Calls to chargers', 'edge_command', 'kind'),
      ],
    },
    {
      title: 'Traces of chargers',
      panels: [
        each('Followed', 'edge_traces'),
        ratesBy('Reports', 'edge_trace_reports', 'fate'),
        rates('Refused', ['edge_traces_refused']),
      ],
    },
    processRow('edge'),
  ],
};

/** Workers. */
export const WORKER: Dashboard = {
  uid: 'voltlane-worker',
  title: 'Voltlane / Worker',
  rows: [
    {
      title: 'Partitions',
      panels: [
        each('Held by worker', 'worker_partitions'),
        each('Unowned, as each sees it', 'worker_partitions_unowned'),
        each('Live workers, as each sees it', 'worker_members'),
        rates('Moves', ['worker_partitions_gained', 'worker_partitions_lost', 'worker_partitions_handed_over']),
        rates('Trouble', [
          'worker_self_fenced',
          'worker_heartbeat_failures',
          'worker_claim_conflicts',
          'worker_claim_failures',
          'worker_claims_unreadable',
          'worker_hand_over_timeouts',
        ]),
        each('Edges, as each worker sees it', 'worker_edges'),
      ],
    },
    {
      title: 'Actors',
      panels: [
        levels('Actors', ['worker_actors', 'worker_busy_actors', 'worker_mailbox_messages']),
        rates('Loaded and put away', ['worker_activations', 'worker_passivations']),
        ratesBy('Calls by result', 'worker_calls', 'result'),
        ratesBy('Duplicates', 'worker_duplicates', 'kind'),
        ratesBy(
          'No mailbox',
          'worker_refused',
          'reason',
          'not-owned is normal while partitions move; the edge sends again.',
        ),
        rates('Tried again, given up', [
          'worker_retries',
          'worker_bus_retries',
          'worker_failures',
          'worker_conflicting_content',
        ]),
        ratesBy('Unreadable', 'worker_unreadable', 'code'),
        levels('Under pressure', ['worker_under_pressure']),
        rates('Boots put off', ['worker_boots_deferred']),
      ],
    },
    {
      title: 'Journal',
      panels: [
        recorded('Append, 99th percentile', 's', [['worker_append_seconds:p99_5m', '{{class}}']]),
        rates('Conflicts', ['worker_append_conflicts']),
        rates('Trimmed', ['worker_journal_trimmed_records', 'worker_journal_trim_failures']),
        rates('Last seen', ['worker_last_seen_chargers', 'worker_last_seen_failures']),
      ],
    },
    {
      title: 'Sessions',
      panels: [
        levels('Known', ['worker_sessions_known', 'worker_edge_loss_backlog']),
        rates('Edges gone, census', ['worker_edges_gone', 'worker_census_pages', 'worker_census_failures']),
        rates('Odd', ['worker_stale_closes', 'worker_sessions_unremembered']),
      ],
    },
    {
      title: 'Commands',
      panels: [
        ratesBy('Ended by outcome', 'worker_commands', 'outcome'),
        recorded('Time to the answer, 99th percentile', 's', [['worker_command_seconds:p99_5m', 'command']]),
        ratesBy('Refused', 'worker_commands_refused', 'reason'),
        levels('Open', ['worker_commands_open', 'worker_command_requests']),
        rates('Trouble', [
          'worker_command_sends_repeated',
          'worker_stale_answers',
          'worker_chargers_unresponsive',
          'worker_command_drop_failures',
          'worker_command_recovery_failures',
          'worker_command_requests_unreached',
        ]),
      ],
    },
    {
      title: 'Handlers of users',
      panels: [
        ratesBy('Questions by outcome', 'worker_handler_asks', 'outcome'),
        recorded('Time to the reply, 99th percentile', 's', [['worker_handler_seconds:p99_5m', 'reply']]),
        levels('Waiting', ['worker_handler_calls_parked', 'worker_handler_tenants']),
        rates('Trouble', ['worker_handler_stale', 'worker_handler_settings_unusable']),
      ],
    },
    processRow('worker'),
  ],
};

/** Apis. */
export const API: Dashboard = {
  uid: 'voltlane-api',
  title: 'Voltlane / Api',
  rows: [
    {
      title: 'Requests',
      panels: [
        ratesBy('By operation', 'api_requests', 'operation'),
        ratesBy('By status', 'api_requests', 'status'),
        recorded('99th percentile', 's', [['api_request_duration_seconds:p99_5m', 'request']]),
        each('In flight', 'api_requests_in_flight'),
        ratesBy('Keys refused', 'api_authentications_refused', 'reason'),
        rates('Over their rate', ['api_rate_limited']),
      ],
    },
    {
      title: 'Event streams',
      panels: [
        levels('Open', ['api_event_streams', 'api_event_streams_behind']),
        rates('Events', ['api_events_sent', 'api_event_catch_ups', 'api_event_gaps', 'api_event_records_unreadable']),
        levels('Records kept', ['api_event_memory_bytes'], 'bytes'),
        ratesBy('Refused', 'api_event_streams_refused', 'reason'),
        ratesBy('Ended', 'api_event_streams_ended', 'reason'),
      ],
    },
    {
      title: 'View of the fleet',
      panels: [
        levels('Chargers', ['api_fleet_chargers', 'api_fleet_connected_chargers']),
        levels('Incomplete', ['api_fleet_incomplete']),
        rates('Unreadable', ['api_fleet_unreadable']),
      ],
    },
    {
      title: 'Traces of chargers',
      panels: [
        levels('Running', ['api_traces']),
        rates('Frames', ['api_trace_frames', 'api_trace_reports_unreadable']),
        ratesBy('Left out', 'api_trace_left_out', 'reason'),
        ratesBy('Refused', 'api_traces_refused', 'reason'),
        ratesBy('Ended', 'api_traces_ended', 'reason'),
      ],
    },
    processRow('api'),
  ],
};
