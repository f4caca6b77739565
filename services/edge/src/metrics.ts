/**
 * Every figure an edge reports, with closed labels: never a charger, a message id or an address. Owns the names; the registry
 * behind it belongs to libs/telemetry.
 */
import {
  actionsOf,
  DEVIATIONS,
  INVALID_REASONS,
  NEUTRAL_ERROR_CODES,
  neutralErrorCode,
  OCPP_VERSIONS,
} from '@voltlane/ocpp';
import type { CounterChild, Metrics } from '@voltlane/telemetry';
import { OTHER, traceIdOf } from '@voltlane/telemetry';
import type { CallOutcome, CutReason, SessionCounter } from './effect.ts';
import type { RefusalReason } from './refusal.ts';
import { REFUSAL_REASONS } from './refusal.ts';

/** What came down from the workers, or why it was dropped. */
export type DownlinkFate =
  | 'reply'
  | 'call'
  | 'close'
  | 'fenced'
  | 'unmatched'
  | 'unknownSession'
  | 'malformed'
  | 'newerVersion';

/** What became of something to report to a trace. */
export type TraceReportFate = 'sent' | 'leftOut';

/** What the parts of an edge report. */
export interface EdgeMetrics {
  /** A handshake ended: `accepted`, or why not. */
  handshake(result: 'accepted' | RefusalReason): void;
  received(type: FrameType, bytes: number): void;
  sent(type: FrameType, chars: number): void;
  /** `traceparent` of a traced call makes its trace the exemplar of its time. */
  callDone(action: string, outcome: CallOutcome, tookMs: number, traceparent?: string): void;
  count(counter: SessionCounter, label: string): void;
  resent(): void;
  noResponders(): void;
  overloaded(): void;
  downlink(fate: DownlinkFate): void;
  cut(reason: CutReason): void;
  replaced(): void;
  /** A transport error; `code` is mapped to a closed list. */
  socketError(code: string): void;
  /** A trace was not taken because there are as many as there may be. */
  traceRefused(): void;
  traceReport(fate: TraceReportFate): void;
}

/** Kinds of frames, told by the first digit alone; `other` is what does not begin like a frame. */
export const FRAME_TYPES = ['call', 'result', 'error', 'resultError', 'send', 'other'] as const;

/** One of `FRAME_TYPES`. */
export type FrameType = (typeof FRAME_TYPES)[number];

const DIGIT_OF_CALL = 50;

/** What a frame text begins like. */
export const frameType = (text: string): FrameType => {
  const compact = text.charCodeAt(1) - DIGIT_OF_CALL;
  if (compact >= 0 && compact <= 4) return FRAME_TYPES[compact] ?? 'other';
  const digit = /^\s*\[\s*([2-6])\s*,/.exec(text)?.[1];
  return digit === undefined ? 'other' : (FRAME_TYPES[digit.charCodeAt(0) - DIGIT_OF_CALL] ?? 'other');
};

/** Transport errors worth telling apart (codes of `ws` and Node). */
export const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'tooBig',
  WS_ERR_INVALID_UTF8: 'notUtf8',
  WS_ERR_EXPECTED_MASK: 'unmasked',
  WS_ERR_UNEXPECTED_RSV_1: 'compressed',
  WS_ERR_INVALID_OPCODE: 'opcode',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
};

/** Charger actions of every version: the closed list behind the label `action`. */
const ACTIONS: readonly string[] = [
  ...new Set(
    OCPP_VERSIONS.flatMap((version) => actionsOf(version))
      .filter((info) => info.sender !== 'csms')
      .map((info) => info.action),
  ),
];

const OUTCOMES: readonly CallOutcome[] = ['result', 'error', 'noted', 'deadline', 'overload'];
const FATES: readonly DownlinkFate[] = [
  'reply',
  'call',
  'close',
  'fenced',
  'unmatched',
  'unknownSession',
  'malformed',
  'newerVersion',
];
const TRACE_FATES: readonly TraceReportFate[] = ['sent', 'leftOut'];
const CUTS: readonly CutReason[] = ['silent', 'slowReader', 'stop', 'quirk'];
/** Labels of each session counter; a counter without labels has one series. */
const COUNTERS: readonly (readonly [counter: SessionCounter, help: string, labels: readonly string[]])[] = [
  ['frameInvalid', 'Frames that are no OCPP-J frame.', [...INVALID_REASONS, 'notUtf8', 'unknownErrorCode']],
  ['errorSent', 'CALLERROR and CALLRESULTERROR sent.', NEUTRAL_ERROR_CODES],
  ['coalesced', 'Calls equal to one still unanswered.', []],
  ['deviation', 'Deviations mended for lenient chargers.', [...DEVIATIONS, 'schema']],
  ['unmatched', 'Answers that match no outstanding call.', ['result', 'error']],
  ['sendAsCall', 'SEND actions that came as CALL.', []],
  ['sendDropped', 'SENDs dropped.', ['action', 'schema']],
  ['paused', 'Times reading a socket was paused.', []],
  ['command', 'Calls to chargers by outcome.', ['result', 'error', 'timeout', 'lost', 'repeated']],
  ['resultRefused', 'CALLRESULTERRORs of chargers.', []],
];
const ROUND_TRIP_BUCKETS_S: readonly number[] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 25];

/** Figures that are kept where they arise and read at each scrape. */
export interface EdgeGauges {
  readonly connectionsMax: number;
  connections(): number;
  sessions(): number;
  pending(): number;
  handshakesWaiting(): number;
  attachLimit(): number;
  traces(): number;
}

/** One counter per label, bound in advance; what is not in the list counts as `other`. */
const labelled = (metrics: Metrics, name: string, help: string, label: string, values: readonly string[]) => {
  const made = metrics.counter({ name, help, labels: { [label]: values } });
  const children = new Map<string, CounterChild>(values.map((value) => [value, made.of({ [label]: value })]));
  const other = made.of({ [label]: OTHER });
  return (value: string): CounterChild => children.get(value) ?? other;
};

/** The metrics of an edge on a registry of its own service. */
export const createEdgeMetrics = (metrics: Metrics): EdgeMetrics & { show(gauges: EdgeGauges): void } => {
  const handshakes = labelled(metrics, 'edge_handshakes_total', 'Handshakes by result.', 'result', [
    'accepted',
    ...REFUSAL_REASONS,
  ]);
  const framesIn = labelled(metrics, 'edge_frames_received_total', 'Frames received.', 'type', FRAME_TYPES);
  const framesOut = labelled(metrics, 'edge_frames_sent_total', 'Frames sent.', 'type', FRAME_TYPES);
  const downlinks = labelled(metrics, 'edge_downlinks_total', 'Messages of workers by fate.', 'fate', FATES);
  const cuts = labelled(metrics, 'edge_sockets_cut_total', 'Sockets cut by the edge.', 'reason', CUTS);
  const errors = labelled(metrics, 'edge_socket_errors_total', 'Transport errors.', 'error', [
    ...new Set(Object.values(SOCKET_ERRORS)),
  ]);
  const traceReports = labelled(
    metrics,
    'edge_trace_reports_total',
    'Frames and changes of sessions for traces: sent, or left out because there were too many.',
    'fate',
    TRACE_FATES,
  );
  const plain = (name: string, help: string): CounterChild => metrics.counter({ name, help }).of({});
  const resent = plain('edge_resends_total', 'Messages sent to a worker again.');
  const nobody = plain('edge_no_responders_total', 'Messages nobody listened for.');
  const overloaded = plain('edge_overloads_total', 'Calls refused because too many were pending.');
  const replaced = plain('edge_replaced_total', 'Sockets replaced by a newer one of the same charger.');
  const tracesRefused = plain('edge_traces_refused_total', 'Traces refused because the edge has as many as it may.');
  const roundTrip = metrics
    .histogram({
      name: 'edge_call_seconds',
      help: 'From the arrival of a call to its answer.',
      buckets: ROUND_TRIP_BUCKETS_S,
    })
    .of({});
  const calls = metrics.counter({
    name: 'edge_calls_total',
    help: 'Calls of chargers by action and outcome.',
    labels: { action: ACTIONS, outcome: OUTCOMES },
  });
  const counters = new Map<SessionCounter, (label: string) => CounterChild>();
  for (const [counter, help, labels] of COUNTERS) {
    const name = `edge_${counter.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`;
    if (labels.length > 0) counters.set(counter, labelled(metrics, name, help, 'kind', labels));
    else {
      const child = plain(name, help);
      counters.set(counter, () => child);
    }
  }
  let bytesIn = 0;
  let charsOut = 0;
  metrics.readCounter({ name: 'edge_received_bytes_total', help: 'Bytes of frames received.', read: () => bytesIn });
  metrics.readCounter({ name: 'edge_sent_chars_total', help: 'Characters of frames sent.', read: () => charsOut });
  return {
    handshake: (result) => handshakes(result).add(),
    received(type, bytes) {
      bytesIn += bytes;
      framesIn(type).add();
    },
    sent(type, chars) {
      charsOut += chars;
      framesOut(type).add();
    },
    callDone(action, outcome, tookMs, traceparent) {
      calls.of({ action, outcome }).add();
      roundTrip.observe(tookMs / 1_000, traceparent === undefined ? undefined : traceIdOf(traceparent));
    },
    count(counter, label) {
      const known = counter === 'errorSent' ? (neutralErrorCode(label) ?? OTHER) : label;
      counters.get(counter)?.(known).add();
    },
    resent: () => resent.add(),
    noResponders: () => nobody.add(),
    overloaded: () => overloaded.add(),
    downlink: (fate) => downlinks(fate).add(),
    cut: (reason) => cuts(reason).add(),
    replaced: () => replaced.add(),
    socketError: (code) => errors(SOCKET_ERRORS[code] ?? OTHER).add(),
    traceRefused: () => tracesRefused.add(),
    traceReport: (fate) => traceReports(fate).add(),
    show(gauges) {
      metrics.readGauge({ name: 'edge_connections', help: 'Open sockets.', read: () => gauges.connections() });
      metrics.readGauge({
        name: 'edge_connections_max',
        help: 'Sockets this edge holds at most; one more is refused.',
        read: () => gauges.connectionsMax,
      });
      metrics.readGauge({
        name: 'edge_sessions',
        help: 'Sessions that have not ended.',
        read: () => gauges.sessions(),
      });
      metrics.readGauge({
        name: 'edge_handshakes_waiting',
        help: 'Handshakes that wait until the workers have taken the sessions before them.',
        read: () => gauges.handshakesWaiting(),
      });
      metrics.readGauge({
        name: 'edge_attach_limit',
        help: 'Sessions that may be on their way to their actors now: `VOLTLANE_ATTACHES_MAX`, fewer while that takes long.',
        read: () => gauges.attachLimit(),
      });
      metrics.readGauge({
        name: 'edge_traces',
        help: 'Traces of chargers, here or not, that are followed.',
        read: () => gauges.traces(),
      });
      metrics.readGauge({ name: 'edge_pending', help: 'Messages without a reply.', read: () => gauges.pending() });
    },
  };
};
