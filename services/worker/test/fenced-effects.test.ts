/**
 * After a partition has gone, nothing of it acts: tried at every place where the worker asks whether it still holds the partition, and
 * at every answer it waits for. The actors, handlers and the outbox are the real ones; only the ownership is played.
 */
import { ActorHost } from '@voltlane/actors';
import type { Bus, Journal, KeyValue } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import type { CommandStore } from '@voltlane/commands';
import { openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import type { CommandSubmit, Downlink, Epoch, PartitionId, Uplink } from '@voltlane/wire';
import { chargerId, createSubjects, decodeDownlink, epoch, foldCase, partitionId, sessionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { ChargerActor, Inbound } from '../src/charger-actor.ts';
import { ChargerBehaviour } from '../src/charger-behaviour.ts';
import { Delegation } from '../src/delegation/delegation.ts';
import { HandlerAsks } from '../src/delegation/handler-asks.ts';
import { createDelegationMetrics } from '../src/delegation/metrics.ts';
import { createWorkerMetrics } from '../src/metrics.ts';
import { Outbox } from '../src/outbox.ts';
import { SessionIndex } from '../src/session-index.ts';
import { SessionKeeper } from '../src/session-keeper.ts';
import { loneDesk } from './commands/lone-desk.ts';
import { createHandlerPlayer } from './delegation/handler-player.ts';
import { SAMPLES_V201 } from './handlers/samples.ts';
import { BOOT, call, header, opened, start, TENANT } from './uplinks.ts';

const PARTITION: PartitionId = partitionId(0);
const EPOCH: Epoch = epoch(7);
const subjects = createSubjects('');

/** When the partition goes: at the n-th question, or while the n-th answer of the bus is awaited; 0 never. */
interface Loss {
  readonly atQuestion: number;
  readonly atAnswer: number;
  /** What `epochOf` says afterwards: nothing, or a later epoch because the partition came back. */
  readonly afterwards: Epoch | undefined;
}

const NEVER: Loss = { atQuestion: 0, atAnswer: 0, afterwards: undefined };

interface Run {
  readonly questions: number;
  readonly answers: number;
  readonly effects: readonly string[];
  /** Effects after the partition had gone. */
  readonly late: readonly string[];
  /** Messages to edges that carry the epoch that is gone, sent after it was. */
  readonly lateReplies: readonly Downlink[];
}

/** Where whoever asks for commands is answered: public JSON, no envelope. */
const ASKER = 'asker';

function submit(commandId: string, over: Partial<CommandSubmit> = {}): CommandSubmit {
  const address = { tenant: TENANT, chargerId: chargerId('CP1') };
  const rest = { waitMs: 5000, payload: '{}', timeoutMs: 30_000, ttlMs: 0, priority: 5, coalesceKey: undefined };
  const asked = { requestedBy: undefined, requestedAtMs: 0, waitsWhileAway: true, repeated: true };
  return { kind: 'commandSubmit', ...address, commandId, action: 'ClearCache', ...rest, ...asked, ...over };
}

const METER = { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T10:30:00Z', sampledValue: [{ value: '600' }] }] };

const ACCEPTED = '{"status":"Accepted"}';

function story(): readonly (Uplink | CommandSubmit)[] {
  const v201 = { ...header('CP2'), version: '2.0.1' } as const;
  const end = { kind: 'sessionClosed', seq: 9, closedAtMs: 1, code: 1006, reason: 'gone' } as const;
  return [
    opened('CP1'),
    call('CP1', 1, 'BootNotification', BOOT),
    call('CP1', 2, 'Heartbeat', {}),
    call('CP1', 3, 'StartTransaction', start(1)),
    call('CP1', 3, 'StartTransaction', start(1)),
    call('CP1', 4, 'MeterValues', METER),
    call('CP1', 5, 'Authorize', { idTag: 'TAG' }),
    submit('c1'),
    submit('c2', { waitMs: 0 }),
    submit('c3', { action: 'GetBaseReport' }),
    {
      ...header('CP1', 's1'),
      kind: 'answer',
      seq: 60,
      commandId: 'c1',
      outcome: { kind: 'result', payload: ACCEPTED },
    },
    submit('c1'),
    call('CP1', 6, 'DataTransfer', { vendorId: 'v' }),
    call('CP1', 7, 'Heartbeat', {}, { sessionId: sessionId('s2') }),
    { ...header('CP1', 's2'), ...end },
    { ...header('CP1', 's1'), ...end },
    call('CP2', 1, 'BootNotification', SAMPLES_V201['BootNotification'] ?? {}, v201),
    call('CP2', 2, 'NotifyReport', SAMPLES_V201['NotifyReport'] ?? {}, v201),
  ];
}

async function run(loss: Loss): Promise<Run> {
  const clock = createFakeClock();
  const broker = createMemoryBus({ clock });
  const bus = broker.connect('worker');
  createHandlerPlayer(broker.connect('handler'), subjects, ['DataTransfer']).auto(() => ({
    response: { status: 'Accepted' },
  }));
  const effects: string[] = [];
  const late: string[] = [];
  const lateReplies: Downlink[] = [];
  let questions = 0;
  let answers = 0;
  let gone = false;

  const effect = (what: string): void => void (gone ? late : effects).push(what);
  const answered = async <T>(pending: Promise<T>): Promise<T> => {
    answers += 1;
    if (answers === loss.atAnswer) gone = true;
    return pending;
  };
  const journal = await bus.journal(
    eventJournalOptions(subjects, {
      maxAgeMs: 3_600_000,
      replicas: 1,
      storage: 'file',
      duplicateWindowMs: 600_000,
    }),
  );
  const watchedJournal: Journal = {
    ...journal,
    append: (subject, record, expected) => {
      effect(`append ${subject}`);
      return answered(journal.append(subject, record, expected));
    },
    record: (subject, record, id) => {
      effect(`record ${subject}`);
      return answered(journal.record(subject, record, id));
    },
    readLast: (subject) => answered(journal.readLast(subject)),
  };
  const bucket = await bus.keyValue({ bucket: 'reports', maxAgeMs: 0, valueBytesMax: 100_000 });
  const reports: KeyValue = {
    ...bucket,
    put: (key, value) => {
      effect(`put ${key}`);
      return answered(bucket.put(key, value));
    },
  };
  const watchedStore = (kept: CommandStore): CommandStore => ({
    ...kept,
    open: (key, command) => {
      effect(`open ${key.commandId}`);
      return answered(kept.open(key, command));
    },
    end: (commandId, json, under) => {
      effect(`end ${commandId}`);
      return answered(kept.end(commandId, json, under));
    },
    // Dropping what has ended is no effect: whoever comes later may do it as well.
    readOpen: (key) => answered(kept.readOpen(key)),
    ended: (commandId) => answered(kept.ended(commandId)),
  });
  const watchedBus: Pick<Bus, 'publish'> = {
    publish: (subject, data) => {
      effect(`publish ${subject}`);
      if (subject === ASKER) return;
      const down = decodeDownlink(data);
      if (gone && down.epoch === EPOCH) lateReplies.push(down);
    },
  };
  const ownership = {
    epochOf: (): Epoch | undefined => {
      questions += 1;
      if (questions === loss.atQuestion) gone = true;
      return gone ? loss.afterwards : EPOCH;
    },
  };
  const telemetry = createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' });
  const noStats = { actors: 0, waiting: 0, busy: 0, activations: 0, passivations: 0, retries: 0, refused: 0 };
  const metrics = createWorkerMetrics(
    telemetry.metrics,
    () => noStats,
    () => NO_OWNERSHIP,
  );
  const registry = await openRegistry(bus, { clock });
  const outbox = new Outbox({ bus: watchedBus, journal: watchedJournal, reports, ownership, subjects, clock, metrics });
  const asks = new HandlerAsks({
    bus: {
      request: (subject, data, timeoutMs) => {
        effect(`ask ${subject}`);
        return answered(bus.request(subject, data, timeoutMs));
      },
    },
    clock,
    random: createSeededRandom(1),
    asksMax: 10,
    bytesMax: 100_000,
  });
  const delegation = new Delegation({
    settings: {
      of: (_tenant, action) =>
        action === 'DataTransfer' ? { deadlineMs: 3000, attempts: 1, fallback: 'builtIn' } : undefined,
    },
    asks,
    ownership,
    subjects,
    clock,
    log: telemetry.log,
    metrics: createDelegationMetrics(
      telemetry.metrics,
      metrics,
      () => asks.size,
      () => ({ tenants: 0, unreadable: 0, beyondBound: 0 }),
    ),
    deadlineMsMax: 20_000,
    deliver: (partition, key, inbound) => host.deliver(partition, key, inbound),
  });
  const behaviour = new ChargerBehaviour({
    journal: watchedJournal,
    registry: {
      ...registry,
      charger: (tenant, id) => answered(registry.charger(tenant, id)),
      token: (tenant, id) => answered(registry.token(tenant, id)),
    },
    ownership,
    subjects,
    outbox,
    sessions: new SessionKeeper({
      outbox,
      index: new SessionIndex(100),
      edges: { isGone: () => false },
      clock,
      log: telemetry.log,
      metrics,
    }),
    commands: await loneDesk({
      bus,
      outbox,
      clock,
      metrics: telemetry.metrics,
      partition: PARTITION,
      store: watchedStore,
    }),
    delegation,
    clock,
    log: telemetry.log,
    metrics,
    policyDefaults: {
      open: true,
      acceptAllTokens: true,
      heartbeatIntervalS: 300,
      bootRetryIntervalS: 60,
      quietAfterBootMs: 0,
      commandTimeoutsMax: 0,
    },
    pressure: { high: () => false },
    transactionIdKey: new Uint8Array(32),
  });
  const host: ActorHost<ChargerActor, Inbound> = new ActorHost<ChargerActor, Inbound>(
    behaviour,
    { mailboxMessagesMax: 64, actorsMax: 100, idleMs: 1_000_000, sweepMs: 100_000 },
    clock,
  );
  host.open(PARTITION);
  for (const uplink of story()) {
    const inbound = {
      uplink,
      partition: PARTITION,
      reply: uplink.kind === 'commandSubmit' ? ASKER : 'r',
      deadlineMs: clock.monotonicMs() + 20_000,
      arrivedMs: clock.monotonicMs(),
    };
    host.deliver(PARTITION, `${uplink.tenant}/${foldCase(uplink.chargerId)}`, inbound);
    await clock.advanceAsync(10);
  }
  registry.close();
  return { questions, answers, effects, late, lateReplies };
}

const NO_OWNERSHIP = {
  held: 0,
  unowned: 0,
  members: 0,
  gained: 0,
  lost: 0,
  handedOver: 0,
  handOverTimeouts: 0,
  fenced: 0,
  heartbeatFailures: 0,
  claimConflicts: 0,
  claimFailures: 0,
  claimsUnreadable: 0,
};

describe('a worker that lost a partition', () => {
  it('would have had every kind of effect', async () => {
    const { effects, questions, answers } = await run(NEVER);
    const kinds = [
      'append event',
      'record event',
      'put default',
      'publish r',
      'publish voltlane.v1.edge',
      'ask handle',
    ];
    for (const kind of [...kinds, 'open c', 'end c', `publish ${ASKER}`]) {
      expect(effects.filter((effect) => effect.startsWith(kind)).length, kind).toBeGreaterThan(0);
    }
    expect(questions).toBeGreaterThan(20);
    expect(answers).toBeGreaterThan(15);
  });

  it('has no effect any more, whichever question told it', async () => {
    const { questions } = await run(NEVER);
    for (let at = 1; at <= questions; at += 1) {
      const { late } = await run({ atQuestion: at, atAnswer: 0, afterwards: undefined });
      expect(late, `lost at question ${at}`).toEqual([]);
    }
  });

  it('has no effect any more when it was lost while an answer was awaited', async () => {
    const { answers } = await run(NEVER);
    for (let at = 1; at <= answers; at += 1) {
      const { late } = await run({ atQuestion: 0, atAnswer: at, afterwards: undefined });
      expect(late, `lost during answer ${at}`).toEqual([]);
    }
  });

  it('sends nothing under the old epoch when it got the partition back under a new one', async () => {
    const { questions, answers } = await run(NEVER);
    for (let at = 1; at <= Math.max(questions, answers); at += 1) {
      for (const loss of [
        { atQuestion: at, atAnswer: 0 },
        { atQuestion: 0, atAnswer: at },
      ]) {
        const { lateReplies } = await run({ ...loss, afterwards: epoch(EPOCH + 2) });
        expect(lateReplies, JSON.stringify(loss)).toEqual([]);
      }
    }
  });
});
