import { type AlertCase, growing, steady, stepped } from './alert-case.ts';

const handshakes = (result: string): string =>
  `voltlane_edge_handshakes_total{namespace="v",instance="a",result="${result}"}`;
const connections = 'voltlane_edge_connections{namespace="v",instance="a"}';
const connectionsMax = 'voltlane_edge_connections_max{namespace="v",instance="a"}';
const fenced = 'voltlane_edge_downlinks_total{namespace="v",instance="a",fate="fenced"}';
const claims = 'voltlane_worker_claim_conflicts_total{namespace="v",instance="w"}';
const newer = 'voltlane_edge_downlinks_total{namespace="v",instance="a",fate="newerVersion"}';
const unreadable = 'voltlane_worker_unreadable_total{namespace="v",instance="w",code="newer-version"}';

/** Cases of edge-alerts.ts. */
export const EDGE_CASES: readonly AlertCase[] = [
  {
    alert: 'VoltlaneConnectionDrop',
    fires: { [connections]: stepped(1000, 20, 790) },
    quiet: { [connections]: stepped(1000, 20, 810) },
  },
  {
    alert: 'VoltlaneHandshakesRefused',
    fires: { [handshakes('accepted')]: growing(60), [handshakes('credentials')]: growing(20) },
    quiet: {
      [handshakes('accepted')]: growing(60),
      [handshakes('credentials')]: growing(10),
      [handshakes('rate')]: growing(60),
    },
  },
  {
    alert: 'VoltlaneAdmissionRefusals',
    fires: {
      [handshakes('rate')]: growing(30),
      [handshakes('connectionsMax')]: growing(30),
      [handshakes('attaches')]: growing(30),
    },
    quiet: { [handshakes('rate')]: growing(40), [handshakes('draining')]: growing(400) },
  },
  {
    alert: 'VoltlaneConnectionsNearLimit',
    fires: { [connections]: steady(17_500), [connectionsMax]: steady(20_000) },
    quiet: { [connections]: steady(16_500), [connectionsMax]: steady(20_000) },
  },
  {
    alert: 'VoltlaneCallsRefused',
    fires: { 'voltlane_edge_overloads_total{namespace="v",instance="a"}': growing(1) },
    // A burst that is over.
    quiet: { 'voltlane_edge_overloads_total{namespace="v",instance="a"}': stepped(0, 10, 50) },
  },
  {
    alert: 'VoltlaneInboundQueuesFull',
    fires: { 'voltlane_edge_paused_total{namespace="v",instance="a"}': growing(70) },
    quiet: { 'voltlane_edge_paused_total{namespace="v",instance="a"}': growing(50) },
  },
  {
    alert: 'VoltlaneEpochConflicts',
    fires: { [fenced]: steady(0), [claims]: growing(6) },
    // A takeover: many at once, then none.
    quiet: { [fenced]: stepped(0, 15, 200), [claims]: stepped(0, 15, 40) },
  },
  {
    alert: 'VoltlaneUnreadableMessages',
    fires: { [newer]: growing(1), [unreadable]: steady(0) },
    quiet: { [newer]: steady(0), [unreadable]: stepped(0, 10, 1) },
  },
];
