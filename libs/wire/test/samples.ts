/** One envelope of each kind and outcome, for golden files, round trips, fuzzing and the benchmark. */
import {
  type CommandAsk,
  chargerId,
  type Downlink,
  edgeId,
  epoch,
  type OwnerAnnouncement,
  partitionId,
  type SessionHeader,
  type SessionsPage,
  type SessionsQuestion,
  sessionId,
  type TraceAsk,
  type TraceReport,
  tenant,
  traceId,
  type Uplink,
  type UplinkCall,
  workerId,
} from '../src/index.ts';

const HEADER: SessionHeader = {
  tenant: tenant('default'),
  chargerId: chargerId('RDAM 123.Süd'),
  edgeId: edgeId('e5k2m9q1x7w4p0zt'),
  sessionId: sessionId('01k3zq9v8a-s7'),
  version: '1.6',
  openedAgoMs: 86_400_123,
};

/** A MeterValues payload of usual size. */
export const METER_VALUES: string = JSON.stringify({
  connectorId: 1,
  transactionId: 1_234_567,
  meterValue: ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage', 'SoC'].map(
    (measurand) => ({
      timestamp: '2026-01-01T00:00:00.000Z',
      sampledValue: [{ value: '12345.678', context: 'Sample.Periodic', format: 'Raw', measurand, location: 'Outlet' }],
    }),
  ),
});

/** A call with a payload of usual size. */
export const METER_CALL: UplinkCall = {
  ...HEADER,
  kind: 'call',
  seq: 42,
  messageId: '3f1d6c2e-7a52-4b6e-9c54-0f8a3b1d2e77',
  action: 'MeterValues',
  payload: METER_VALUES,
  receivedAtMs: 1_767_225_600_123,
  budgetMs: 24_500,
  send: false,
  deviations: [],
};

/** Uplink messages by name of their golden file. */
export const UPLINKS: Readonly<Record<string, Uplink>> = {
  'uplink-call': {
    ...METER_CALL,
    action: 'StartTransaction',
    payload: '{"idTag":"Ä","meterStart":9223372036854775807}',
  },
  'uplink-call-violation': {
    ...METER_CALL,
    version: '2.0.1',
    violation: { code: 'FormatViolation', description: 'unknown property' },
    payload: '{}',
    deviations: ['trimmed', 'nullDropped'],
  },
  'uplink-send': {
    ...METER_CALL,
    version: '2.1',
    action: 'NotifyPeriodicEventStream',
    payload: '{"id":1}',
    send: true,
  },
  'uplink-session-opened': {
    ...HEADER,
    kind: 'sessionOpened',
    seq: 0,
    openedAtMs: 1_767_225_600_000,
    remoteAddress: '2001:db8::1',
    securityProfile: 2,
  },
  'uplink-session-closed': {
    ...HEADER,
    kind: 'sessionClosed',
    seq: 77,
    closedAtMs: 1_767_225_700_000,
    code: 1006,
    reason: '',
  },
  'uplink-answer-result': {
    ...HEADER,
    kind: 'answer',
    seq: 43,
    commandId: 'cmd-1',
    outcome: { kind: 'result', payload: '{"status":"Accepted"}' },
  },
  'uplink-answer-error': {
    ...HEADER,
    kind: 'answer',
    seq: 44,
    commandId: 'cmd-2',
    outcome: { kind: 'error', code: 'NotImplemented', description: 'no', details: '{"a":1}' },
  },
  'uplink-answer-timeout': { ...HEADER, kind: 'answer', seq: 45, commandId: 'cmd-3', outcome: { kind: 'timeout' } },
  'uplink-answer-lost': {
    ...HEADER,
    kind: 'answer',
    seq: 4_294_967_297,
    commandId: 'cmd-4',
    outcome: { kind: 'lost', reason: 'socket closed' },
  },
};

const DOWN = { partition: partitionId(255), epoch: epoch(7), sessionId: HEADER.sessionId };

/** Downlink messages by name of their golden file. */
export const DOWNLINKS: Readonly<Record<string, Downlink>> = {
  'downlink-reply-result': {
    ...DOWN,
    kind: 'reply',
    seq: 42,
    outcome: { kind: 'result', payload: '{"currentTime":"2026-01-01T00:00:00.000Z"}' },
  },
  'downlink-reply-error': {
    ...DOWN,
    kind: 'reply',
    seq: 43,
    outcome: { kind: 'error', code: 'InternalError', description: '' },
  },
  'downlink-reply-noted': { ...DOWN, kind: 'reply', seq: 0, outcome: { kind: 'noted' } },
  'downlink-call': {
    ...DOWN,
    kind: 'call',
    commandId: 'cmd-1',
    action: 'Reset',
    payload: '{"type":"Hard"}',
    timeoutMs: 30_000,
  },
  'downlink-close': { ...DOWN, kind: 'close', code: 4001, reason: 'replaced by a newer connection' },
};

/** Announcements of owners by name of their golden file. */
export const ANNOUNCEMENTS: Readonly<Record<string, OwnerAnnouncement>> = {
  'owner-announcement': { partition: partitionId(255), epoch: epoch(7), worker: workerId('w-3f9c') },
};

/** Questions for sessions by name of their golden file. */
export const QUESTIONS: Readonly<Record<string, SessionsQuestion>> = {
  'sessions-question': { partitions: [partitionId(0), partitionId(255)], after: 17 },
  'sessions-question-none': { partitions: [], after: 0 },
};

/** Pages of sessions by name of their golden file. */
export const PAGES: Readonly<Record<string, SessionsPage>> = {
  'sessions-page': {
    edgeId: HEADER.edgeId,
    next: 4711,
    sessions: [
      { ...HEADER, openedAgoMs: 86_400_123 },
      { ...HEADER, chargerId: chargerId('CP2'), sessionId: sessionId('01k3zq9v8a-s8'), version: '2.1', openedAgoMs: 0 },
    ],
  },
  'sessions-page-last': { edgeId: HEADER.edgeId, next: undefined, sessions: [] },
};

const ASK = { tenant: HEADER.tenant, chargerId: HEADER.chargerId, commandId: 'c5xk2m9q4x1c8v5b3n7k2m9q4x1' };

/** Questions about commands by name of their golden file. */
export const ASKS: Readonly<Record<string, CommandAsk>> = {
  'command-submit': {
    ...ASK,
    kind: 'commandSubmit',
    waitMs: 31_000,
    action: 'DataTransfer',
    payload: '{"vendorId":"Ä","data":9223372036854775807}',
    timeoutMs: 30_000,
    ttlMs: 604_800_000,
    priority: 9,
    coalesceKey: 'profile',
    requestedBy: 'Ada (k1)',
    requestedAtMs: 1_767_225_600_123,
    waitsWhileAway: true,
    repeated: true,
  },
  'command-submit-plain': {
    ...ASK,
    kind: 'commandSubmit',
    waitMs: 0,
    action: 'ClearCache',
    payload: '{}',
    timeoutMs: 1_000,
    ttlMs: 0,
    priority: 0,
    coalesceKey: undefined,
    requestedBy: undefined,
    requestedAtMs: 1_767_225_600_123,
    waitsWhileAway: false,
    repeated: false,
  },
  'command-cancel': { ...ASK, kind: 'commandCancel', waitMs: 0, requestedBy: 'Ada (k1)' },
  'command-cancel-anonymous': { ...ASK, kind: 'commandCancel', waitMs: 0, requestedBy: undefined },
  'command-status': { ...ASK, kind: 'commandStatus', waitMs: 60_000 },
};

/** Asks for the frames of a charger by name of their golden file. */
export const TRACE_ASKS: Readonly<Record<string, TraceAsk>> = {
  'trace-ask': {
    traceId: traceId('7k2m9q4x1c8v5b3n'),
    tenant: HEADER.tenant,
    chargerId: HEADER.chargerId,
    leaseMs: 5_000,
  },
};

const REPORT = { edgeId: HEADER.edgeId, n: 42, atMs: 1_767_225_600_123 };
const { sessionId: SESSION } = HEADER;

/** What edges report to traces, by name of their golden file. */
export const TRACE_REPORTS: Readonly<Record<string, TraceReport>> = {
  'trace-mark': { ...REPORT, said: { kind: 'mark' } },
  'trace-full': { ...REPORT, n: 0, said: { kind: 'full' } },
  'trace-opened': {
    ...REPORT,
    said: { kind: 'event', sessionId: SESSION, event: { kind: 'opened', version: '2.1', openedAgoMs: 86_400_123 } },
  },
  'trace-closed': {
    ...REPORT,
    said: { kind: 'event', sessionId: SESSION, event: { kind: 'closed', code: 1006, reason: 'silent' } },
  },
  'trace-failed': {
    ...REPORT,
    said: { kind: 'event', sessionId: SESSION, event: { kind: 'failed', error: 'tooBig' } },
  },
  'trace-frame': {
    ...REPORT,
    said: {
      kind: 'event',
      sessionId: SESSION,
      event: {
        kind: 'frame',
        direction: 'in',
        type: 'call',
        text: '[2,"1","Heartbeat",{}]',
        bytes: 22,
        cut: false,
        masked: false,
        invalid: undefined,
      },
    },
  },
  'trace-frame-broken': {
    ...REPORT,
    said: {
      kind: 'event',
      sessionId: SESSION,
      event: {
        kind: 'frame',
        direction: 'out',
        type: 'other',
        text: '[2,"Ä',
        bytes: 262_144,
        cut: true,
        masked: true,
        invalid: 'malformed-json',
      },
    },
  },
};
