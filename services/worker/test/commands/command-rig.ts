/** Workers on a memory bus, an edge that is played, and a backend that asks for commands over the public subjects. */
import { EDGES_BUCKET, startHeartbeat } from '@voltlane/actors';
import type { Bus, MemoryBroker, MemoryFaults } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { OPEN_COMMANDS_BUCKET } from '@voltlane/commands';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry, type Registry } from '@voltlane/registry';
import { createTelemetry, type Tracing } from '@voltlane/telemetry';
import { eventsByCharger, readHistory, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { DownlinkCall, DownlinkClose, DownlinkReply, EventBody, Uplink, UplinkAnswer } from '@voltlane/wire';
import { chargerId, createSubjects, decodeDownlink, encodeUplink, partitionOf } from '@voltlane/wire';
import type { Worker } from '../../src/index.ts';
import { startWorker } from '../../src/index.ts';
import { BOOT, call, EDGE, header, opened, TENANT } from '../uplinks.ts';

const PARTITIONS = 4;
const EDGE_HEARTBEAT_MS = 1_000;
const subjects = createSubjects('');
const JOURNAL = eventJournalOptions(subjects, {
  maxAgeMs: 168 * 3_600_000,
  replicas: 1,
  storage: 'file',
  duplicateWindowMs: 600_000,
});

/** A CALL as the played edge got it, without the bookkeeping. */
export interface SeenCall {
  readonly id: string;
  readonly session: string;
  readonly action: string;
  readonly payload: unknown;
  readonly timeoutMs: number;
}

/** What a backend gets back. */
export type Json = Readonly<Record<string, unknown>>;

export interface CommandRig {
  readonly registry: Registry;
  readonly workers: Worker[];
  /** The connection commands are asked by. */
  readonly backend: Bus;
  /** Each CALL once, however often it was given to the edge. */
  readonly calls: readonly SeenCall[];
  /** Copies of CALLs, repeats included. */
  readonly copies: () => number;
  readonly closes: readonly DownlinkClose[];
  start(): Promise<Worker>;
  /** The charger connects and, unless told otherwise, boots. */
  connect(charger: string, options?: { readonly session?: string; readonly boots?: boolean }): Promise<void>;
  /** The socket goes. */
  disconnect(charger: string, session?: string): Promise<void>;
  uplink(message: Uplink): Promise<DownlinkReply>;
  /** The charger answers a CALL. */
  answer(
    charger: string,
    commandId: string,
    outcome: UplinkAnswer['outcome'],
    session?: string,
  ): Promise<DownlinkReply>;
  /** Asks `command.default.<charger>.<action>`. */
  ask(charger: string, action: string, body?: object): Promise<Json>;
  /** Waits for the n-th CALL (from 1). */
  nthCall(n: number): Promise<SeenCall>;
  events(charger: string): Promise<readonly EventBody[]>;
  /** Keys of the bucket of open commands. */
  open(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startCommandRig(
  env: Readonly<Record<string, string>> = {},
  faults?: MemoryFaults,
  tracing?: Tracing,
): Promise<CommandRig> {
  const broker: MemoryBroker = createMemoryBus({ clock: systemClock, ...(faults === undefined ? {} : { faults }) });
  const edge = broker.connect('edge');
  const backend = broker.connect('backend');
  const registry = await openRegistry(broker.connect('registry'));
  const workers: Worker[] = [];
  const calls: SeenCall[] = [];
  const closes: DownlinkClose[] = [];
  const replies: DownlinkReply[] = [];
  const seqs = new Map<string, number>();
  let copies = 0;
  let published = 0;

  const seen = (down: DownlinkCall): void => {
    copies += 1;
    if (calls.some(({ id }) => id === down.commandId)) return;
    const { commandId: id, sessionId: session, action, timeoutMs } = down;
    calls.push({ id, session, action, payload: JSON.parse(down.payload), timeoutMs });
  };
  edge.subscribe(subjects.edgeFilter(EDGE), (message) => {
    if (message.noResponders) return;
    const down = decodeDownlink(message.data);
    if (down.kind === 'reply') replies.push(down);
    else if (down.kind === 'call') seen(down);
    else closes.push(down);
  });

  const start = async (): Promise<Worker> => {
    const bus: Bus = broker.connect(`worker${workers.length}`);
    const random = createSeededRandom(workers.length + 1);
    const all = { VOLTLANE_PARTITIONS: String(PARTITIONS), VOLTLANE_CHARGERS: 'open', ...env };
    const { config } = loadConfig(['shared', 'worker'], all, () => '');
    const worker = await startWorker({
      config,
      bus,
      registry: await openRegistry(bus),
      settings: await openClusterSettings(bus, { partitions: PARTITIONS }, random),
      subjects,
      clock: systemClock,
      random,
      telemetry: createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' }),
      tracing,
    });
    workers.push(worker);
    return worker;
  };
  // Before the workers look: a charger of an edge nobody hears of is taken for disconnected.
  const members = await edge.keyValue({ bucket: EDGES_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const heartbeat = await startHeartbeat({ member: EDGE, members, bus: edge, clock: systemClock }, EDGE_HEARTBEAT_MS);
  await start();

  const uplink = async (message: Uplink): Promise<DownlinkReply> => {
    published += 1;
    const partition = partitionOf(message.tenant, message.chargerId, PARTITIONS);
    edge.publish(subjects.call(partition), encodeUplink(message), subjects.edgeReply(EDGE, published));
    const wanted = (reply: DownlinkReply): boolean =>
      reply.seq === message.seq && reply.sessionId === message.sessionId;
    return waitUntil(`the reply to ${message.kind} ${message.seq}`, () => {
      const index = replies.findIndex(wanted);
      return index < 0 ? undefined : replies.splice(index, 1)[0];
    });
  };
  const nextSeq = (charger: string, session: string): number => {
    const seq = (seqs.get(`${charger} ${session}`) ?? 0) + 1;
    seqs.set(`${charger} ${session}`, seq);
    return seq;
  };

  return {
    registry,
    workers,
    backend,
    calls,
    copies: () => copies,
    closes,
    start,
    connect: async (charger, { session = 's1', boots = true } = {}) => {
      await uplink(opened(charger, session));
      if (boots)
        await uplink({
          ...call(charger, nextSeq(charger, session), 'BootNotification', BOOT),
          ...header(charger, session),
        });
    },
    disconnect: async (charger, session = 's1') => {
      const end = { closedAtMs: systemClock.nowMs(), code: 1006, reason: '' };
      await uplink({ ...header(charger, session), kind: 'sessionClosed', seq: nextSeq(charger, session), ...end });
    },
    uplink,
    answer: (charger, commandId, outcome, session = 's1') =>
      uplink({ ...header(charger, session), kind: 'answer', seq: nextSeq(charger, session), commandId, outcome }),
    ask: async (charger, action, body = {}) => {
      const subject = subjects.command({ tenant: TENANT, chargerId: chargerId(charger) }, action);
      const reply = await backend.request(subject, Buffer.from(JSON.stringify(body)), 60_000);
      return JSON.parse(Buffer.from(reply).toString('utf8')) as Json;
    },
    nthCall: (n) => waitUntil(`CALL number ${n}`, () => calls[n - 1]),
    events: async (charger) => {
      const journal = await backend.journal(JOURNAL);
      const history = await readHistory(journal, subjects.eventFilter({}));
      return (
        eventsByCharger(history)
          .get(charger)
          ?.map(({ event }) => event) ?? []
      );
    },
    open: async () => {
      const valueBytesMax = backend.payloadBytesMax;
      return (await backend.keyValue({ bucket: OPEN_COMMANDS_BUCKET, maxAgeMs: 0, valueBytesMax })).keys();
    },
    stop: async () => {
      for (const worker of workers) await worker.stop();
      await heartbeat.stop();
      registry.close();
    },
  };
}
