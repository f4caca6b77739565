/**
 * One broker with its chargers on one virtual clock: builds everything, moves nothing. Real code: edges, workers with their actors,
 * chargers, memory bus. Simulated: sockets, clocks, processes, and what goes wrong.
 */
import { type BusMessage, createMemoryBus, type MemoryBroker } from '@voltlane/bus';
import type { Charger, SessionRecord } from '@voltlane/charger';
import { type ConfigOf, loadConfig } from '@voltlane/config';
import { startEdge } from '@voltlane/edge';
import type { OcppVersion } from '@voltlane/ocpp';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createFakeClock, type FakeClock, type Random } from '@voltlane/time';
import { createSubjects, decodeDownlink, fingerprint, partitionOf, type Subjects } from '@voltlane/wire';
import { startWorker } from '@voltlane/worker';
import { ask } from './backend.ts';
import { busText, chargerOf, downlinkSeen } from './bus-sight.ts';
import type { DownlinkSeen, Ending, Levels, LinkView, Recorded } from './invariant.ts';
import { INVARIANTS } from './invariants/all.ts';
import { ClaimBook, WRITER_HEADER, watchJournal } from './journal-watch.ts';
import { live } from './life.ts';
import type { Mutation } from './mutation.ts';
import { Network } from './network.ts';
import { Node, type NodeParts, type NodePorts } from './node.ts';
import { nodeBus } from './node-bus.ts';
import { stream } from './streams.ts';
import { bytesName, Trace, type TraceFocus } from './trace.ts';
import { logText } from './trace-text.ts';
import { Weather } from './weather.ts';
import { Witnesses } from './witnesses.ts';
import type { WorldSize } from './world-size.ts';

/** What else a world is made with. */
export interface WorldExtras {
  readonly mutation?: Mutation | undefined;
  readonly focus?: TraceFocus | undefined;
}

/** A world, and the handles faults and the run move it by. */
export interface World {
  readonly size: WorldSize;
  readonly clock: FakeClock;
  readonly network: Network;
  readonly weather: Weather;
  readonly trace: Trace;
  readonly witnesses: Witnesses;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly chargers: ReadonlyMap<string, Charger>;
  readonly sessions: readonly SessionRecord[];
  /** A fault on a node begins or ends: what goes wrong within a while after it has a reason. */
  disturbed(delta: 1 | -1): void;
  /** Records in the journal. */
  records(): number;
  /** Counts of sorts, for the summary. */
  readonly counts: ReadonlyMap<string, number>;
  levels(): Levels;
  ending(): Ending;
}

const PARTITIONS = 16;
const VERSIONS: readonly OcppVersion[] = ['1.6', '2.0.1', '2.1'];
/** Chargers start within this time, and not before the nodes are up. */
const RAMP_MS = 60_000;
/** Records of a day of a thousand chargers fit; the journal of the bus is memory. */
const RECORDS_MAX = 1_000_000;
/** Wall clocks of nodes differ by up to this. */
const SKEW_MS = 20;

/** Builds a world; nodes are booting, chargers wait for their time. */
export function createWorld(size: WorldSize, extras: WorldExtras): World {
  const builder = new WorldBuilder(size, extras);
  builder.build();
  return builder;
}

class WorldBuilder implements World {
  readonly size: WorldSize;
  readonly clock: FakeClock = createFakeClock();
  readonly network: Network;
  readonly weather: Weather;
  readonly trace: Trace;
  readonly witnesses: Witnesses;
  readonly nodes: Map<string, Node> = new Map();
  readonly chargers: Map<string, Charger> = new Map();
  readonly sessions: SessionRecord[] = [];
  readonly counts: Map<string, number> = new Map();
  readonly #extras: WorldExtras;
  readonly #broker: MemoryBroker;
  readonly #subjects: Subjects = createSubjects('');
  readonly #partitions: number;
  readonly #config: ConfigOf<'edge' | 'worker'>;
  readonly #claims: ClaimBook = new ClaimBook();
  /** Newest link of each session, for traces and endings. */
  readonly #chargerOfSession = new Map<string, string>();
  #acting: DownlinkSeen | undefined;
  #records = 0;
  #disturbances = 0;

  constructor(size: WorldSize, extras: WorldExtras) {
    this.size = size;
    this.#extras = extras;
    this.#partitions = size.partitions ?? PARTITIONS;
    this.trace = new Trace(this.clock, extras.focus);
    this.witnesses = new Witnesses(
      INVARIANTS,
      () => this.clock.monotonicMs(),
      () => this.trace.freeze(),
    );
    this.#config = loadConfig(
      ['edge', 'worker'],
      { VOLTLANE_PARTITIONS: String(this.#partitions), VOLTLANE_CHARGERS: 'open' },
      () => '',
    ).config;
    this.weather = new Weather(this.#stream('bus'), (fate, node, subject) => {
      this.count(`fate ${fate}`);
      this.trace.note(undefined, `${fate} ${node} ${subject}`);
    });
    this.#broker = createMemoryBus({
      clock: this.clock,
      random: this.#stream('broker'),
      faults: this.weather,
      onError: (error, subject) => this.thrown(`handler of ${subject}`, error),
      recordsMax: RECORDS_MAX,
    });
    this.network = new Network({
      clock: this.clock,
      onFrame: (link, way, text) => this.#frame(link, way, text),
      onEdgeSend: () => {
        if (this.#acting !== undefined) this.witnesses.acted(this.#acting);
      },
      onLink: (link, what) => this.#link(link, what),
      onRefused: (charger, edge, reason) => {
        this.count(`refused ${reason}`);
        this.trace.note(charger, `refused ${charger} ${edge} ${reason}`);
      },
      onThrown: (error) => this.thrown('handshake', error),
    });
  }

  build(): void {
    const { edges, workers, chargers } = this.size;
    const { journalMaxAgeHours, natsReplicas, journalStorage, journalDuplicateWindowMs } = this.#config;
    void watchJournal({
      bus: this.#broker.connect('observer-0'),
      subjects: this.#subjects,
      partitions: this.#partitions,
      claims: this.#claims,
      journal: {
        maxAgeMs: journalMaxAgeHours * 3_600_000,
        replicas: natsReplicas,
        storage: journalStorage,
        duplicateWindowMs: journalDuplicateWindowMs,
      },
      onRecord: (recorded) => this.#recorded(recorded),
    });
    const names = Array.from({ length: edges }, (_, index) => `edge-${index}`);
    this.network.edges = names;
    for (const name of names) this.#node(name, (parts) => this.#startEdge(name, parts));
    for (let index = 0; index < workers; index += 1) {
      const name = `worker-${index}`;
      this.#node(name, (parts) => this.#startWorker(parts));
    }
    for (let index = 0; index < chargers; index += 1) this.#charger(index);
    this.#backend();
  }

  count(what: string, by: number = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Something threw where nothing may: in a process it would have been the end of it. */
  thrown(where: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.witnesses.report('nothing-throws', undefined, `${where}: ${text}`);
  }

  disturbed(delta: 1 | -1): void {
    this.#disturbances += delta;
    this.witnesses.disturbed(this.#disturbances > 0);
  }

  records(): number {
    return this.#records;
  }

  levels(): Levels {
    const nodes = new Map<string, ReadonlyMap<string, () => number>>();
    for (const node of this.nodes.values()) if (node.levels !== undefined) nodes.set(node.incarnation, node.levels);
    const { underWay, dropped } = this.#broker.load();
    return { chargers: this.size.chargers, nodes, underWay, dropped, timers: this.clock.pendingTimers() };
  }

  ending(): Ending {
    const chargers = [...this.chargers.values()].map((charger) => {
      const links = this.network.linksOf(charger.id);
      return {
        charger: charger.id,
        online: charger.online(),
        registration: charger.registration(),
        undelivered: charger.undelivered(),
        session: links.findLast(({ chargerOpen }) => chargerOpen)?.session,
        socketsAtEdges: links.filter(({ edgeOpen }) => edgeOpen).length,
      };
    });
    return { chargers, sessions: this.sessions, levels: this.levels() };
  }

  #stream(name: string): Random {
    return stream(this.size.seed, name);
  }

  #node(name: string, start: NodePorts['start']): void {
    const random = this.#stream(`node ${name}`);
    const node = new Node({
      name,
      clock: this.clock,
      broker: this.#broker,
      skewMs: Math.round((random.next() * 2 - 1) * (this.size.skewMs ?? SKEW_MS)),
      wrapBus: (incarnation, bus, gate) => this.#wrapBus(name, incarnation, bus, gate),
      wrapClock: (incarnation, clock, gate) =>
        this.#extras.mutation?.clock?.(clock, { node: incarnation, pausedMs: () => gate.pausedMs }) ?? clock,
      start,
      onThrown: (incarnation, error) => this.thrown(incarnation, error),
      onLine: (incarnation, level, fields, event) => this.#line(incarnation, level, fields, event),
      onDied: (incarnation) => {
        this.trace.note(undefined, `died ${incarnation}`);
        if (name.startsWith('edge')) this.network.edgeDied(name);
      },
      onStarted: (incarnation) => this.trace.note(undefined, `up ${incarnation}`),
    });
    this.nodes.set(name, node);
    node.boot();
  }

  #line(incarnation: string, level: string, fields: object, event: string): void {
    if (level === 'error' || level === 'fatal') this.count(`log ${level}: ${event}`);
    if (!this.trace.kept) return;
    const charger = 'chargerId' in fields ? String(fields.chargerId) : undefined;
    this.trace.keep(charger, `log ${incarnation} ${level} ${event}`, () => logText(fields));
  }

  #wrapBus(
    node: string,
    incarnation: string,
    bus: Parameters<NodePorts['wrapBus']>[1],
    gate: NodeParts['gate'],
  ): typeof bus {
    const isEdge = node.startsWith('edge');
    const { mutation } = this.#extras;
    return nodeBus({
      node: incarnation,
      bus,
      gate,
      clock: this.clock,
      mutation,
      delivered: (message, handle) => {
        this.#delivered(incarnation, message);
        const heard = mutation?.received?.(message, { node: incarnation }) ?? message;
        if (!isEdge || message.noResponders) {
          handle(heard);
          return;
        }
        this.#acting = downlinkSeen(this.#subjects, incarnation, message);
        if (this.#acting !== undefined) this.witnesses.downlink(this.#acting);
        try {
          handle(heard);
        } finally {
          this.#acting = undefined;
        }
      },
      publishes: (subject, data) => {
        if (isEdge || this.#subjects.parseEdge(subject) === undefined) return;
        const { partition, epoch, kind } = decodeDownlink(data);
        this.#acts(incarnation, partition, epoch, kind);
      },
      appends: (subject) => {
        const address = this.#subjects.parseEvent(subject);
        if (address === undefined) return;
        const partition = partitionOf(address.tenant, address.chargerId, this.#partitions);
        this.#acts(incarnation, partition, this.#claims.epochOf(incarnation, partition), 'append');
      },
      copies: () => this.weather.copies(node),
      ackDelayMs: () => this.weather.ackDelayMs(node),
      mark: () => ({ [WRITER_HEADER]: incarnation }),
      writes: (bucket, value) => this.#claims.attempted(incarnation, bucket, value),
    });
  }

  #acts(worker: string, partition: number, epoch: number, what: string): void {
    this.witnesses.acting({ worker, partition, epoch, what, newestEpoch: this.#claims.newestOf(partition) });
  }

  #delivered(incarnation: string, message: BusMessage): void {
    this.count('deliveries');
    const name = message.noResponders ? 'nobody' : bytesName(message.data);
    const charger = this.trace.kept ? chargerOf(this.#subjects, message, this.#chargerOfSession) : undefined;
    this.trace.note(charger, `bus ${incarnation} ${message.subject} ${name}`, () => busText(this.#subjects, message));
  }

  #frame(link: LinkView, way: 'up' | 'down', text: string): void {
    this.count(way === 'up' ? 'frames up' : 'frames down');
    this.trace.note(link.charger, `${way} ${link.charger}/${link.id} ${fingerprint(text)}`, () => text.slice(0, 200));
    this.witnesses.frame(link, way, text);
  }

  #link(link: LinkView, what: 'opened' | 'chargerClosed' | 'edgeClosed'): void {
    if (what === 'opened') {
      this.count('sockets');
      this.#chargerOfSession.set(link.session, link.charger);
    }
    this.trace.note(link.charger, `${what} ${link.charger}/${link.id} ${link.edge} ${link.session}`);
    this.witnesses.link(link, what);
    if (what !== 'opened' && !link.chargerOpen && !link.edgeOpen) this.#chargerOfSession.delete(link.session);
  }

  #recorded(recorded: Recorded): void {
    this.#records += 1;
    for (const { kind } of recorded.record.events) this.count(`event ${kind}`);
    const { charger, sequence, worker, record } = recorded;
    this.trace.note(charger, `journal ${sequence} ${charger} ${worker}`, () => {
      const kinds = record.events.map(({ id, kind }) => `${kind}(${id})`).join(' ');
      return `epoch ${recorded.epoch} ${kinds} ${record.source?.action ?? ''} ${record.source?.messageId ?? ''}`;
    });
    this.witnesses.recorded(recorded);
  }

  async #startEdge(name: string, parts: NodeParts): ReturnType<NodePorts['start']> {
    const { bus, clock, telemetry } = parts;
    const random = this.#stream(parts.incarnation);
    const settings = await openClusterSettings(bus, { partitions: this.#partitions }, random, clock);
    const registry = await openRegistry(bus, { clock });
    const listen = this.network.listenOf(name, parts.gate);
    const config = this.#config;
    return startEdge({ config, bus, registry, settings, subjects: this.#subjects, clock, random, telemetry, listen });
  }

  async #startWorker(parts: NodeParts): ReturnType<NodePorts['start']> {
    const { bus, clock, telemetry } = parts;
    const random = this.#stream(parts.incarnation);
    const settings = await openClusterSettings(bus, { partitions: this.#partitions }, random, clock);
    const registry = await openRegistry(bus, { clock });
    return startWorker({
      config: this.#config,
      bus,
      registry,
      settings,
      subjects: this.#subjects,
      clock,
      random,
      telemetry,
    });
  }

  #backend(): void {
    const chargers = [...this.chargers.keys()].map((id, index) => ({ id, version: versionOf(index) }));
    void ask({
      bus: this.#broker.connect('backend-0'),
      subjects: this.#subjects,
      clock: this.clock,
      random: this.#stream('backend'),
      chargers,
      pace: this.size.pace ?? 1,
      fromMs: RAMP_MS,
      untilMs: this.size.hours * 3_600_000,
      onTold: (told) => {
        this.count(`told ${told.outcome ?? told.status}`);
        this.trace.note(told.charger, `told ${told.charger} ${told.commandId} ${told.outcome ?? told.status}`);
        this.witnesses.told(told);
      },
      onRefused: (charger, code) => {
        this.count(`command refused ${code}`);
        this.trace.note(charger, `command refused ${charger} ${code}`);
      },
    });
  }

  #charger(index: number): void {
    const id = `CP${String(index).padStart(5, '0')}`;
    const random = this.#stream(`charger ${id}`);
    const charger = live({
      id,
      version: versionOf(index),
      clock: this.clock,
      random,
      connect: this.network.connectOf(id, this.#stream(`dial ${id}`)),
      rampMs: RAMP_MS,
      pace: this.size.pace ?? 1,
      windUpAtMs: this.size.hours * 3_600_000,
      log: (event) => this.witnesses.believed(id, event),
      onSession: (record) => {
        this.count(`session ${record.outcome}`);
        this.sessions.push(record);
      },
    });
    this.chargers.set(id, charger);
  }
}

function versionOf(index: number): OcppVersion {
  return VERSIONS[index % VERSIONS.length] ?? '1.6';
}
