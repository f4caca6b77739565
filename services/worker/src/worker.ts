/**
 * Puts a worker together. Start: journal → actors' host → membership and claims (each gained partition starts listening). Stop, in
 * the reverse order: the others are told, partitions are drained and handed over → host. The bus belongs to whoever passed it in.
 */
import { ActorHost, CLAIMS_BUCKET, EDGES_BUCKET, SharedOwnership, WORKERS_BUCKET } from '@voltlane/actors';
import { eventJournalOptions } from '@voltlane/bus';
import { LAST_SEEN_BUCKET, LAST_SEEN_PAGE_BYTES_MAX } from '@voltlane/charger-state';
import { openCommandStore } from '@voltlane/commands';
import type { ConfigOf } from '@voltlane/config';
import type { Running, ServiceContext } from '@voltlane/launch';
import { openHandlerSettings } from '@voltlane/registry';
import { randomId } from '@voltlane/time';
import { workerId } from '@voltlane/wire';
import type { ChargerActor, Inbound } from './charger-actor.ts';
import { ChargerBehaviour } from './charger-behaviour.ts';
import { Commands } from './commands/commands.ts';
import { Delegation } from './delegation/delegation.ts';
import { HandlerAsks } from './delegation/handler-asks.ts';
import { createDelegationMetrics } from './delegation/metrics.ts';
import { Inbox } from './inbox.ts';
import { startTrimming } from './journal-trim.ts';
import { startLastSeen } from './last-seen.ts';
import type { WorkerMetrics } from './metrics.ts';
import { createWorkerMetrics } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { presenceLine } from './presence-line.ts';
import { PressureGauge } from './pressure.ts';
import { SessionKeeper } from './session-keeper.ts';
import { SessionRoster } from './session-roster.ts';
import { WorkerSpans } from './spans.ts';

/** A running worker. `stop` hands every partition over and resolves when nothing is in hand any more. */
export type Worker = Running;

/** Bucket of the parts of multi-message reports (NotifyReport and its like), kept for `REPORTS_MAX_AGE_MS`. */
const REPORTS_BUCKET = 'voltlane_reports';
const REPORTS_MAX_AGE_MS = 30 * 24 * 3600 * 1000;
const HOUR_MS = 3600 * 1000;
/** Memory for questions to handlers: each holds the payload of its call. */
const QUESTIONS_BYTES_MAX = 128 * 1024 * 1024;
/** How often idle actors are looked for. */
const SWEEP_MS = 10_000;

/** Starts a worker; resolves when it holds its share of the partitions, or waits only for other live workers to hand theirs over. */
export async function startWorker(deps: ServiceContext<ConfigOf<'worker'>>): Promise<Worker> {
  const { config, bus, clock, subjects, settings, telemetry } = deps;
  const worker = workerId(`w-${randomId(deps.random, 12)}`);
  const log = telemetry.log.child({ worker });

  const journal = await bus.journal(
    eventJournalOptions(subjects, {
      maxAgeMs: config.journalMaxAgeHours * HOUR_MS,
      replicas: config.natsReplicas,
      storage: config.journalStorage,
      duplicateWindowMs: config.journalDuplicateWindowMs,
    }),
  );
  const claims = await bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const members = await bus.keyValue({ bucket: WORKERS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const reports = await bus.keyValue({
    bucket: REPORTS_BUCKET,
    maxAgeMs: REPORTS_MAX_AGE_MS,
    valueBytesMax: bus.payloadBytesMax,
  });

  const commandStore = await openCommandStore(bus, { keepMs: config.commandKeepHours * HOUR_MS });
  const lastSeen = await bus.keyValue({
    bucket: LAST_SEEN_BUCKET,
    maxAgeMs: 0,
    valueBytesMax: LAST_SEEN_PAGE_BYTES_MAX,
  });

  const ownership = new SharedOwnership({
    worker,
    partitions: settings.partitions,
    claims,
    members,
    bus,
    clock,
    line: presenceLine(bus, subjects, worker),
    options: {
      heartbeatMs: config.memberHeartbeatMs,
      selfFenceMs: config.selfFenceMs,
      memberExpiryMs: config.memberExpiryMs,
      handOverMs: config.handOverMs,
      rebalanceInFlightMax: config.rebalanceInFlightMax,
    },
  });
  const metrics = createWorkerMetrics(
    telemetry.metrics,
    () => host.stats(),
    () => ownership.stats(),
  );
  const pressure = new PressureGauge(
    { messagesMax: config.pressureMessagesMax, appendMsMax: config.pressureAppendMs },
    clock,
    () => host.stats().waiting + host.stats().busy,
  );
  telemetry.metrics.readGauge({
    name: 'worker_under_pressure',
    help: '1 while boots of new chargers are put off.',
    read: () => (pressure.high() ? 1 : 0),
  });
  const appended: WorkerMetrics['appended'] = (to, tookMs, drafts, traceparent) => {
    pressure.appended(tookMs);
    metrics.appended(to, tookMs, drafts, traceparent);
  };
  const outboxMetrics = { ...metrics, appended };
  const spans = deps.tracing === undefined ? undefined : new WorkerSpans(deps.tracing, clock);
  const outbox = new Outbox({ bus, journal, reports, ownership, subjects, clock, metrics: outboxMetrics, spans });
  const roster = new SessionRoster({
    worker,
    members: await bus.keyValue({ bucket: EDGES_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 }),
    bus,
    subjects,
    partitions: settings.partitions,
    clock,
    log,
    heartbeatMs: config.edgeHeartbeatMs,
    expiryMs: config.edgeExpiryMs,
    entriesMax: config.sessionsKnownMax,
    deliver: (partition, key, inbound) => host.deliver(partition, key, inbound),
  });
  roster.report(telemetry.metrics);
  const { index, edges } = roster;
  const sessions = new SessionKeeper({ outbox, index, edges, clock, log, metrics });
  const commands = new Commands({
    bus,
    store: commandStore,
    registry: deps.registry,
    outbox,
    subjects,
    partitions: settings.partitions,
    clock,
    random: deps.random,
    log,
    metrics: telemetry.metrics,
    workerMetrics: metrics,
    spans,
    queueMax: config.commandsPerChargerMax,
    requestsMax: config.commandRequestsMax,
    host: () => host,
  });
  const handlers = await openHandlerSettings(bus);
  const asks = new HandlerAsks({
    bus,
    clock,
    random: deps.random,
    asksMax: config.handlerAsksMax,
    bytesMax: QUESTIONS_BYTES_MAX,
  });
  const delegation = new Delegation({
    settings: handlers,
    asks,
    ownership,
    subjects,
    clock,
    log,
    metrics: createDelegationMetrics(
      telemetry.metrics,
      metrics,
      () => asks.size,
      () => handlers.stats(),
    ),
    deadlineMsMax: config.handlerDeadlineMs,
    deliver: (partition, key, inbound) => host.deliver(partition, key, inbound),
  });
  const behaviour = new ChargerBehaviour({
    journal,
    registry: deps.registry,
    ownership,
    subjects,
    outbox,
    sessions,
    commands: commands.desk,
    delegation,
    clock,
    log,
    metrics,
    policyDefaults: {
      open: config.chargers === 'open',
      acceptAllTokens: config.authorize === 'open',
      heartbeatIntervalS: config.heartbeatIntervalS,
      bootRetryIntervalS: config.bootRetryIntervalS,
      quietAfterBootMs: config.quietAfterBootMs,
      commandTimeoutsMax: config.commandTimeoutsMax,
    },
    pressure,
    spans,
    transactionIdKey: settings.transactionIdKey,
  });
  const host: ActorHost<ChargerActor, Inbound> = new ActorHost<ChargerActor, Inbound>(
    behaviour,
    {
      mailboxMessagesMax: config.mailboxCallsMax,
      actorsMax: config.actorsMax,
      idleMs: config.actorIdleMs,
      sweepMs: SWEEP_MS,
    },
    clock,
  );
  host.start();

  await roster.start();
  const inbox = new Inbox({ worker, bus, host, subjects, clock, log, metrics, spans });
  await ownership.start(roster.before(commands.beside(inbox)));
  commands.start();
  const { held, members: live } = ownership.stats();
  log.info({ held, partitions: settings.partitions, members: live }, 'worker holds its partitions');

  const stopTrimming = startTrimming({ journal, ownership, clock, log, metrics }, config.journalTrimIntervalS * 1000);
  const stopLastSeen = startLastSeen(
    {
      bucket: lastSeen,
      ownership,
      partitions: settings.partitions,
      actorsOf: (partition) => host.actorsOf(partition),
      clock,
      log,
      metrics,
    },
    config.lastSeenWriteIntervalS * 1000,
  );

  let stopping = false;
  return {
    readiness: () => ({
      ready: !stopping && ownership.healthy() && bus.status() === 'connected',
      checks: {
        bus: bus.status() === 'connected' ? 'ok' : bus.status(),
        partitions: ownership.healthy() ? 'ok' : 'not member, or share not held',
        stopping: stopping ? 'yes' : 'ok',
      },
    }),
    stop: async () => {
      stopping = true;
      stopTrimming();
      stopLastSeen();
      commands.stop();
      await ownership.stop();
      await roster.stop();
      asks.stop();
      handlers.close();
      host.stop();
      if (bus.status() === 'connected') await bus.flush();
      log.info({}, 'worker gave its partitions up');
    },
  };
}
