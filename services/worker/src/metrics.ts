/**
 * Every figure a worker reports, with closed labels: never a charger, a message id or an address. Children of the hot path are
 * looked up once per action, not per call.
 */
import type { HostStats, OwnershipStats } from '@voltlane/actors';
import { actionsOf, OCPP_VERSIONS } from '@voltlane/ocpp';
import type { CounterChild, Metrics } from '@voltlane/telemetry';
import { traceIdOf } from '@voltlane/telemetry';
import type { EventKind } from '@voltlane/wire';
import { EVENT_KINDS, WIRE_ERROR_CODES } from '@voltlane/wire';

/** How a CALL was decided. */
export const CALL_RESULTS = ['result', 'error', 'none', 'duplicate'] as const;
/** What a duplicate was recognised by: the same call in its session, or the journal's window for telemetry. */
export const DUPLICATE_KINDS = ['resend', 'meter'] as const;
/** Where a record was appended. */
export const RECORD_CLASSES = ['state', 'meter'] as const;

/** What happened to sessions of chargers. */
export const SESSION_EVENTS = [
  'attached',
  'replaced',
  'closed',
  'edgeLost',
  'past',
  'contested',
  'duplicateIdentity',
] as const;

/** What the parts of a worker report. */
export interface WorkerMetrics {
  /** A CALL was decided. */
  call(action: string, result: (typeof CALL_RESULTS)[number]): void;
  duplicate(kind: (typeof DUPLICATE_KINDS)[number]): void;
  /** A record was acknowledged by the journal. `traceparent` of a traced append makes its trace the exemplar of its time. */
  appended(
    to: (typeof RECORD_CLASSES)[number],
    tookMs: number,
    events: readonly { readonly kind: EventKind }[],
    traceparent?: string,
  ): void;
  /** An append ended without an acknowledgement: whether the record is there is not known. */
  appendFailed(to: (typeof RECORD_CLASSES)[number]): void;
  /** The journal held a newer record than this actor knew. */
  appendConflict(): void;
  /** A message is tried again because the bus failed it. */
  busRetry(): void;
  /** A message was given up: a programmer error, or the bus failed it until its deadline. */
  failure(): void;
  /** A message found no mailbox. */
  refused(why: 'full' | 'not-owned'): void;
  /** A message from the bus could not be read. */
  unreadable(code: string): void;
  /** A boot was put off because the worker was under pressure. */
  bootDeferred(): void;
  /** The end of a session that is not the current one. */
  staleClose(): void;
  session(event: (typeof SESSION_EVENTS)[number]): void;
  /** Records were let go of by age. */
  trimmed(records: number): void;
  trimFailed(): void;
  /** A page said of so many chargers when they were last heard of. */
  lastSeenWritten(chargers: number): void;
  lastSeenFailed(): void;
  /** A message repeats the key of an applied one with other content. */
  conflictingContent(): void;
}

/** Declares the metrics. `stats` and `ownership` are read at each scrape. */
export function createWorkerMetrics(
  metrics: Metrics,
  stats: () => HostStats,
  ownership: () => OwnershipStats,
): WorkerMetrics {
  const calls = metrics.counter({
    name: 'worker_calls_total',
    help: 'CALLs of chargers decided, by action and result.',
    labels: { action: chargerActions(), result: CALL_RESULTS },
  });
  const events = metrics.counter({
    name: 'worker_events_total',
    help: 'Events recorded, by kind.',
    labels: { kind: EVENT_KINDS },
  });
  const appends = metrics.histogram({
    name: 'worker_append_seconds',
    help: 'Time from an append to its acknowledgement, by class of record.',
    labels: { class: RECORD_CLASSES },
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10],
  });
  const appendChildren = { state: appends.of({ class: 'state' }), meter: appends.of({ class: 'meter' }) };
  const appendFailures = metrics.counter({
    name: 'worker_append_failures_total',
    help: 'Appends without an acknowledgement, by class of record; the message is tried again.',
    labels: { class: RECORD_CLASSES },
  });
  const duplicates = metrics.counter({
    name: 'worker_duplicates_total',
    help: 'Messages recognised as applied before, by what recognised them.',
    labels: { kind: DUPLICATE_KINDS },
  });
  const refusals = metrics.counter({
    name: 'worker_refused_total',
    help: 'Messages that found no mailbox; the edge sends them again.',
    labels: { reason: ['full', 'not-owned'] },
  });
  const unreadable = metrics.counter({
    name: 'worker_unreadable_total',
    help: 'Messages from the bus that could not be read.',
    labels: { code: WIRE_ERROR_CODES },
  });
  const sessions = metrics.counter({
    name: 'worker_sessions_total',
    help: 'Sessions attached, replaced, closed, lost with their edge, refused as older (past) or too many (contested); identities found duplicate.',
    labels: { event: SESSION_EVENTS },
  });
  const plain = (name: string, help: string): CounterChild => metrics.counter({ name, help }).of({});
  const conflicts = plain('worker_append_conflicts_total', 'Appends refused because another writer came first.');
  const busRetries = plain('worker_bus_retries_total', 'Messages tried again because the bus failed them.');
  const failures = plain('worker_failures_total', 'Messages given up.');
  const bootsDeferred = plain('worker_boots_deferred_total', 'Boots put off because the worker was under pressure.');
  const trimmed = plain('worker_journal_trimmed_records_total', 'Journal records let go of by age.');
  const trimFailures = plain('worker_journal_trim_failures_total', 'Attempts to trim the journal that failed.');
  const lastSeen = plain('worker_last_seen_chargers_total', 'Chargers whose last sign of life was written.');
  const lastSeenFailures = plain(
    'worker_last_seen_failures_total',
    'Pages of last signs of life that were not written.',
  );
  const conflictingContents = plain(
    'worker_conflicting_content_total',
    'Repeated transaction messages whose content differs from the applied one.',
  );
  const staleCloses = plain('worker_stale_closes_total', 'Ends of sessions that were not the current one.');
  declareHost(metrics, stats);
  declareOwnership(metrics, ownership);

  return {
    call: (action, result) => {
      calls.of({ action, result }).add();
    },
    duplicate: (kind) => duplicates.of({ kind }).add(),
    appended: (to, tookMs, drafts, traceparent) => {
      appendChildren[to].observe(tookMs / 1000, traceparent === undefined ? undefined : traceIdOf(traceparent));
      for (const { kind } of drafts) events.of({ kind }).add();
    },
    appendFailed: (to) => appendFailures.of({ class: to }).add(),
    appendConflict: () => conflicts.add(),
    busRetry: () => busRetries.add(),
    failure: () => failures.add(),
    refused: (reason) => refusals.of({ reason }).add(),
    unreadable: (code) => unreadable.of({ code }).add(),
    bootDeferred: () => bootsDeferred.add(),
    staleClose: () => staleCloses.add(),
    session: (event) => sessions.of({ event }).add(),
    trimmed: (records) => trimmed.add(records),
    trimFailed: () => trimFailures.add(),
    lastSeenWritten: (chargers) => lastSeen.add(chargers),
    lastSeenFailed: () => lastSeenFailures.add(),
    conflictingContent: () => conflictingContents.add(),
  };
}

function declareHost(metrics: Metrics, stats: () => HostStats): void {
  metrics.readGauge({ name: 'worker_actors', help: 'Actors in memory.', read: () => stats().actors });
  metrics.readGauge({
    name: 'worker_mailbox_messages',
    help: 'Messages waiting in mailboxes.',
    read: () => stats().waiting,
  });
  metrics.readGauge({ name: 'worker_busy_actors', help: 'Actors with a message in hand.', read: () => stats().busy });
  metrics.readCounter({ name: 'worker_activations_total', help: 'Actors loaded.', read: () => stats().activations });
  metrics.readCounter({
    name: 'worker_passivations_total',
    help: 'Idle actors put away.',
    read: () => stats().passivations,
  });
  metrics.readCounter({
    name: 'worker_retries_total',
    help: 'Second and later attempts at a message.',
    read: () => stats().retries,
  });
}

const OWNERSHIP_TOTALS: readonly (readonly [field: keyof OwnershipStats, name: string, help: string])[] = [
  ['gained', 'worker_partitions_gained_total', 'Partitions taken.'],
  ['lost', 'worker_partitions_lost_total', 'Partitions dropped: fenced, or taken by others.'],
  ['handedOver', 'worker_partitions_handed_over_total', 'Partitions handed over to other workers.'],
  ['handOverTimeouts', 'worker_hand_over_timeouts_total', 'Hand-overs that dropped what was left in mailboxes.'],
  ['fenced', 'worker_self_fenced_total', 'Times the worker stopped acting because its heartbeats did not get through.'],
  ['heartbeatFailures', 'worker_heartbeat_failures_total', 'Heartbeats the bus did not take.'],
  ['claimConflicts', 'worker_claim_conflicts_total', 'Claims another worker wrote first.'],
  ['claimFailures', 'worker_claim_failures_total', 'Claims whose write failed or ended unknown.'],
  ['claimsUnreadable', 'worker_claims_unreadable_total', 'Claims in the bucket that could not be read.'],
];

function declareOwnership(metrics: Metrics, stats: () => OwnershipStats): void {
  metrics.readGauge({ name: 'worker_partitions', help: 'Partitions this worker acts for.', read: () => stats().held });
  metrics.readGauge({
    name: 'worker_partitions_unowned',
    help: 'Partitions nobody acts for, as this worker sees them; all of them while it is fenced.',
    read: () => stats().unowned,
  });
  metrics.readGauge({
    name: 'worker_members',
    help: 'Live workers as this one sees them.',
    read: () => stats().members,
  });
  for (const [field, name, help] of OWNERSHIP_TOTALS) metrics.readCounter({ name, help, read: () => stats()[field] });
}

function chargerActions(): readonly string[] {
  const actions = OCPP_VERSIONS.flatMap((version) => actionsOf(version)).filter((info) => info.sender !== 'csms');
  return [...new Set(actions.map((info) => info.action))];
}
