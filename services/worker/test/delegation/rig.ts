/**
 * The actors of one partition with real behaviour, outbox, sessions, delegation and journal, on a fake clock and a memory bus. Only the
 * ownership is played; the edge is a subscription that keeps the replies.
 */
import { ActorHost } from '@voltlane/actors';
import type { MemoryBroker, StoreFate } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { type HandlerSettings, openHandlerSettings, openRegistry, readTenantHandlers } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { eventsByCharger, type HistoryEvent, readHistory } from '@voltlane/testkit';
import { createFakeClock, createSeededRandom, type FakeClock } from '@voltlane/time';
import type { DownlinkReply, Epoch, PartitionId, Uplink } from '@voltlane/wire';
import { createSubjects, decodeDownlink, epoch, foldCase, partitionId } from '@voltlane/wire';
import type { ChargerActor, Inbound } from '../../src/charger-actor.ts';
import { ChargerBehaviour } from '../../src/charger-behaviour.ts';
import { Delegation } from '../../src/delegation/delegation.ts';
import { HandlerAsks } from '../../src/delegation/handler-asks.ts';
import { createDelegationMetrics } from '../../src/delegation/metrics.ts';
import { createWorkerMetrics } from '../../src/metrics.ts';
import { Outbox } from '../../src/outbox.ts';
import { SessionIndex } from '../../src/session-index.ts';
import { SessionKeeper } from '../../src/session-keeper.ts';
import { loneDesk } from '../commands/lone-desk.ts';
import { EDGE, TENANT } from '../uplinks.ts';
import { createHandlerPlayer, type HandlerPlayer } from './handler-player.ts';

const PARTITION: PartitionId = partitionId(0);
const subjects = createSubjects('');

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

/** A reply and when it came, ms of the fake clock. */
export interface TimedReply {
  readonly reply: DownlinkReply;
  readonly subject: string;
  readonly atMs: number;
}

export interface Rig {
  readonly clock: FakeClock;
  readonly broker: MemoryBroker;
  readonly host: ActorHost<ChargerActor, Inbound>;
  readonly handler: HandlerPlayer;
  readonly settings: HandlerSettings;
  readonly replies: readonly TimedReply[];
  /** Lines of the log. */
  readonly lines: readonly string[];
  /** Hands a message over as its edge would; returns the subject its reply is wanted on. */
  deliver(uplink: Uplink): string;
  /** Outcomes of the replies to one call so far. */
  outcomes(charger: string, seq: number, session?: string): readonly DownlinkReply['outcome'][];
  delegate(actions: Readonly<Record<string, object>>): Promise<void>;
  /** The partition goes and comes back under the next epoch: all memory of its actors is lost. */
  move(): void;
  events(charger: string): Promise<readonly HistoryEvent[]>;
  /** Value of a counter or gauge, by the start of its line. */
  metric(start: string): Promise<number>;
}

export interface RigOptions {
  readonly handles?: readonly string[];
  readonly asksMax?: number;
  readonly bytesMax?: number;
  readonly deadlineMsMax?: number;
  readonly mailboxMessagesMax?: number;
  /** True while words of handlers find the mailbox full. */
  readonly mailboxFull?: () => boolean;
  /** What becomes of an append to the journal. */
  readonly appends?: () => StoreFate;
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const clock = createFakeClock();
  const journalOptions = eventJournalOptions(subjects, {
    maxAgeMs: 3_600_000,
    replicas: 1,
    storage: 'file',
    duplicateWindowMs: 600_000,
  });
  const broker = createMemoryBus({
    clock,
    storeTimeoutMs: 50,
    faults: {
      store: ({ connection, kind, store, subject }) => {
        if (connection !== 'worker' || kind !== 'write' || store !== journalOptions.name || subject === '')
          return 'pass';
        return options.appends?.() ?? 'pass';
      },
    },
  });
  const bus = broker.connect('worker');
  const journal = await bus.journal(journalOptions);
  const reports = await bus.keyValue({ bucket: 'reports', maxAgeMs: 0, valueBytesMax: 100_000 });
  const registry = await openRegistry(bus, { clock });
  const settings = await openHandlerSettings(bus);
  const lines: string[] = [];
  const telemetry = createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' });
  const log = {
    ...telemetry.log,
    warn: (fields: object, text: string): void => void lines.push(JSON.stringify([text, fields])),
  };
  const noStats = { actors: 0, waiting: 0, busy: 0, activations: 0, passivations: 0, retries: 0, refused: 0 };
  const metrics = createWorkerMetrics(
    telemetry.metrics,
    () => noStats,
    () => NO_OWNERSHIP,
  );
  let held: Epoch = epoch(1);
  const ownership = { epochOf: (): Epoch => held };
  const outbox = new Outbox({ bus, journal, reports, ownership, subjects, clock, metrics });
  const index = new SessionIndex(100);
  index.open(PARTITION);
  const asks = new HandlerAsks({
    bus,
    clock,
    random: createSeededRandom(1),
    asksMax: options.asksMax ?? 100,
    bytesMax: options.bytesMax ?? 1_000_000,
  });
  const delegation = new Delegation({
    settings,
    asks,
    ownership,
    subjects,
    clock,
    log,
    metrics: createDelegationMetrics(
      telemetry.metrics,
      metrics,
      () => asks.size,
      () => settings.stats(),
    ),
    deadlineMsMax: options.deadlineMsMax ?? 20_000,
    deliver: (partition, key, inbound) =>
      options.mailboxFull?.() === true ? 'full' : host.deliver(partition, key, inbound),
  });
  const behaviour = new ChargerBehaviour({
    journal,
    registry,
    ownership,
    subjects,
    outbox,
    sessions: new SessionKeeper({ outbox, index, edges: { isGone: () => false }, clock, log, metrics }),
    commands: await loneDesk({ bus, outbox, clock, metrics: telemetry.metrics, partition: PARTITION }),
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
    { mailboxMessagesMax: options.mailboxMessagesMax ?? 64, actorsMax: 1000, idleMs: 60_000, sweepMs: 10_000 },
    clock,
  );
  host.open(PARTITION);
  const replies: TimedReply[] = [];
  const edge = broker.connect('edge');
  edge.subscribe(subjects.edgeFilter(EDGE), ({ data, subject }) => {
    const down = decodeDownlink(data);
    if (down.kind === 'reply') replies.push({ reply: down, subject, atMs: clock.monotonicMs() });
  });
  const handler = createHandlerPlayer(broker.connect('handler'), subjects, options.handles ?? []);
  let published = 0;

  return {
    clock,
    broker,
    host,
    handler,
    settings,
    replies,
    lines,
    deliver: (uplink) => {
      published += 1;
      const arrivedMs = clock.monotonicMs();
      const reply = subjects.edgeReply(EDGE, published);
      const budgetMs = uplink.kind === 'call' ? uplink.budgetMs : 25_000;
      const inbound = { uplink, partition: PARTITION, reply, deadlineMs: arrivedMs + budgetMs, arrivedMs };
      host.deliver(PARTITION, `${uplink.tenant}/${foldCase(uplink.chargerId)}`, inbound);
      return reply;
    },
    outcomes: (charger, seq, session = sessionOf(charger)) =>
      replies.filter(({ reply }) => reply.sessionId === session && reply.seq === seq).map(({ reply }) => reply.outcome),
    delegate: (actions) => settings.put(TENANT, readTenantHandlers({ actions })),
    move: () => {
      host.drop(PARTITION);
      held = epoch(held + 1);
      host.open(PARTITION);
    },
    events: async (charger) => {
      const reading = readHistory(journal, subjects.eventFilter({}));
      await clock.advanceAsync(1);
      return eventsByCharger(await reading).get(charger) ?? [];
    },
    metric: async (start) => {
      const line = (await telemetry.metrics.expose()).split('\n').find((text) => text.startsWith(start));
      return Number(line?.split(' ').at(-1));
    },
  };
}

/** Each charger of these tests has a session of its own name. */
export function sessionOf(charger: string): string {
  return `s-${charger}`;
}
