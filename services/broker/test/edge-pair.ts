/** Two edges on real sockets and workers, in one process over one memory bus; each edge with a wall clock of its own. */
import type { MemoryBroker, MemoryFaults } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import type { Edge } from '@voltlane/edge';
import { startEdge } from '@voltlane/edge';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import type { HistoryEvent } from '@voltlane/testkit';
import { eventsByCharger, readHistory } from '@voltlane/testkit';
import type { Clock } from '@voltlane/time';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { Uplink } from '@voltlane/wire';
import { createSubjects, decodeUplink, encodeUplink, partitionOf } from '@voltlane/wire';
import type { Worker } from '@voltlane/worker';
import { startWorker } from '@voltlane/worker';
import type { Socket } from './charger-socket.ts';
import { openSocket } from './charger-socket.ts';

const PARTITIONS = 4;
const subjects = createSubjects('');

/** The pair. */
export interface EdgePair {
  readonly broker: MemoryBroker;
  readonly edges: readonly Edge[];
  readonly workers: readonly Worker[];
  /** Uplinks seen on the bus, copies included. */
  readonly uplinks: readonly Uplink[];
  connect(edge: number, charger: string): Promise<Socket>;
  addWorker(): Promise<Worker>;
  /** Publishes an uplink again, as a bus that delivers late or twice would. */
  repeat(uplink: Uplink): void;
  events(charger: string): Promise<readonly HistoryEvent[]>;
  /** `connected`, `disconnected <reason>`, `security <type>` of a charger, in order. */
  story(charger: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** How to start one. */
export interface EdgePairOptions {
  /** How far the wall clock of each edge is off, ms. */
  readonly skewMs?: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** What becomes of messages on the bus. */
  readonly deliver?: NonNullable<MemoryFaults['deliver']>;
}

/** Starts a worker and two edges. */
export async function startEdgePair(options: EdgePairOptions = {}): Promise<EdgePair> {
  const { skewMs = [0, 0] } = options;
  const faults = options.deliver === undefined ? {} : { deliver: options.deliver };
  const broker = createMemoryBus({ clock: systemClock, faults });
  const observer = broker.connect('observer');
  const env = { VOLTLANE_PARTITIONS: String(PARTITIONS), VOLTLANE_OCPP_PORT: '0', ...options.env };
  const { config } = loadConfig(['edge', 'worker'], env, () => '');
  const uplinks: Uplink[] = [];
  const edges: Edge[] = [];
  const workers: Worker[] = [];
  const sockets: Socket[] = [];

  const context = async (name: string, seed: number, clock: Clock) => {
    const bus = broker.connect(name);
    const random = createSeededRandom(seed);
    const settings = await openClusterSettings(bus, { partitions: PARTITIONS }, random);
    const telemetry = createTelemetry({ service: name, instance: name, logLevel: 'fatal', logFormat: 'json' });
    const registry = await openRegistry(bus);
    return { config: { ...config, ocppPort: 0 }, bus, registry, settings, subjects, clock, random, telemetry };
  };
  const addWorker = async (): Promise<Worker> => {
    const number = workers.length;
    const worker = await startWorker(await context(`worker${number}`, 100 + number, systemClock));
    workers.push(worker);
    return worker;
  };

  await addWorker();
  for (const [number, skew] of skewMs.entries()) {
    const clock = skewed(skew);
    edges.push(await startEdge(await context(`edge${number}`, number, clock)));
  }
  observer.subscribe('voltlane.v1.call.*', ({ data }) => uplinks.push(decodeUplink(data)));
  const journal = await observer.journal(
    eventJournalOptions(subjects, { maxAgeMs: 3_600_000, replicas: 1, storage: 'file', duplicateWindowMs: 600_000 }),
  );
  const events = async (charger: string): Promise<readonly HistoryEvent[]> =>
    eventsByCharger(await readHistory(journal, subjects.eventFilter({}))).get(charger) ?? [];

  return {
    broker,
    edges,
    workers,
    uplinks,
    addWorker,
    events,
    connect: async (edge, charger) => {
      const socket = await openSocket(`${edges[edge]?.ocppUrl}/${charger}`);
      sockets.push(socket);
      return socket;
    },
    repeat: (uplink) => {
      const partition = partitionOf(uplink.tenant, uplink.chargerId, PARTITIONS);
      observer.publish(subjects.call(partition), encodeUplink(uplink), 'voltlane.v1.edge.probe.reply.1');
    },
    story: async (charger) =>
      (await events(charger)).flatMap(({ event: { kind, data } }) => {
        if (kind === 'charger.connected') return ['connected'];
        if (kind === 'charger.disconnected') return [`disconnected ${String(data['reason'])}`];
        return kind === 'security.event' ? [`security ${String(data['type'])}`] : [];
      }),
    stop: async () => {
      for (const socket of sockets) socket.end();
      for (const edge of edges) await edge.stop();
      for (const worker of workers) await worker.stop();
    },
  };
}

function skewed(skewMs: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() + skewMs,
    monotonicMs: () => systemClock.monotonicMs(),
    after: (ms, fire) => systemClock.after(ms, fire),
    every: (ms, fire) => systemClock.every(ms, fire),
  };
}
