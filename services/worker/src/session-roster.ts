/**
 * What this worker knows of all sessions of its partitions, whether their actors are in memory or not, and what it does when an edge
 * is gone: each of its chargers' actors looks whether the charger is still connected by it, and reports it disconnected if so.
 *
 * Actors are told at a pace: an edge may have had 20,000 chargers, and each is a read and an append. One that came back elsewhere
 * meanwhile is not even asked, and while many come back the others wait: who is there is served before it is written down who is not.
 */
import type { Delivery, PartitionListener } from '@voltlane/actors';
import type { Bus, KeyValue } from '@voltlane/bus';
import type { Logger, Metrics } from '@voltlane/telemetry';
import type { CancelTimer, Clock } from '@voltlane/time';
import type { EdgeId, Epoch, ListedSession, PartitionId, Subjects, WorkerId } from '@voltlane/wire';
import { foldCase } from '@voltlane/wire';
import { Census } from './census.ts';
import type { Inbound, Notice } from './charger-actor.ts';
import { EdgeWatch } from './edge-watch.ts';
import type { IndexedCharger } from './session-index.ts';
import { SessionIndex } from './session-index.ts';

/** What the roster works with. */
export interface SessionRosterDependencies {
  readonly worker: WorkerId;
  readonly members: KeyValue;
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly partitions: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly heartbeatMs: number;
  readonly expiryMs: number;
  /** Chargers remembered at most. */
  readonly entriesMax: number;
  /** Puts a notice into the mailbox of an actor. */
  readonly deliver: (partition: PartitionId, key: string, inbound: Inbound) => Delivery;
}

interface Loss {
  readonly edgeId: EdgeId;
  readonly chargers: Iterator<IndexedCharger, undefined>;
  /** Found, and to be told next: its turn had not come, or there was no room for its actor. */
  held: IndexedCharger | undefined;
}

/**
 * Chargers told per tick: 1,000 a second, and never fewer than 20. Each is an append, and most are for chargers that will be back
 * within a minute, whose attach says the same: while edges start again and everybody returns, few are worth their price.
 */
const TOLD_PER_TICK = { min: 1, max: 50 };
/** Chargers not told for each that came to another edge in the tick before: its attach and its first call cost about as much. */
const TOLD_PER_MOVE = 2;
const TICK_MS = 50;
/** A notice is tried again by nobody, so it may wait for the bus as long as a message of an edge. */
const NOTICE_BUDGET_MS = 25_000;

/** The sessions of the partitions of one worker. */
export class SessionRoster {
  readonly index: SessionIndex;
  readonly edges: EdgeWatch;
  readonly #deps: SessionRosterDependencies;
  readonly #census: Census;
  readonly #losses: Loss[] = [];
  #movedBefore = 0;
  /** There while somebody is to be told; what an idle worker wakes for costs more than what it does. */
  #stopTelling: CancelTimer | undefined;

  constructor(deps: SessionRosterDependencies) {
    this.#deps = deps;
    this.index = new SessionIndex(deps.entriesMax);
    this.edges = new EdgeWatch(deps);
    this.#census = new Census({
      ...deps,
      index: this.index,
      isLive: (edgeId) => !this.edges.isGone(edgeId),
      onListed: (partition, session) => this.#listed(partition, session),
    });
  }

  /** Resolves when the edges are known. */
  async start(): Promise<void> {
    await this.edges.start({
      edgeFound: (edgeId, returned) => this.#census.ask(edgeId, this.index.partitions(), returned),
      edgeLost: (edgeId) => this.#lost(edgeId),
    });
  }

  async stop(): Promise<void> {
    this.#stopTelling?.();
    this.#stopTelling = undefined;
    this.#census.stop();
    await this.edges.stop();
  }

  /** A listener that knows of each partition before `next` takes its messages, and until after it has finished them. */
  before(next: PartitionListener): PartitionListener {
    return {
      gained: (partition: PartitionId, epoch: Epoch): void => {
        this.index.open(partition);
        next.gained(partition, epoch);
        for (const edgeId of this.edges.live()) this.#census.ask(edgeId, [partition]);
      },
      released: async (partition: PartitionId): Promise<void> => {
        await next.released(partition);
        this.index.close(partition);
      },
      lost: (partition: PartitionId): void => {
        next.lost(partition);
        this.index.close(partition);
      },
    };
  }

  /** Declares the figures. */
  report(metrics: Metrics): void {
    const { index, edges } = this;
    const census = this.#census;
    const gauge = (name: string, help: string, read: () => number): void => metrics.readGauge({ name, help, read });
    const counter = (name: string, help: string, read: () => number): void => metrics.readCounter({ name, help, read });
    gauge('worker_edges', 'Live edges as this worker sees them.', () => edges.stats().live);
    counter('worker_edges_gone_total', 'Edges that stopped or died.', () => edges.stats().lost);
    gauge('worker_sessions_known', 'Chargers whose edge is known.', () => index.size);
    counter('worker_sessions_unremembered_total', 'Chargers that found no room among the known.', () => index.refused);
    gauge('worker_edge_loss_backlog', 'Chargers of gone edges still to be looked into.', () => this.#backlog());
    counter('worker_census_pages_total', 'Pages of sessions read from edges.', () => census.stats().pages);
    counter('worker_census_failures_total', 'Questions to edges without an answer.', () => census.stats().failures);
  }

  #lost(edgeId: EdgeId): void {
    const { index } = this;
    const chargers = index.countOf(edgeId);
    this.#deps.log.warn({ edge: edgeId, chargers }, 'looking into the chargers of a gone edge');
    if (chargers === 0) return;
    this.#losses.push({ edgeId, chargers: index.chargersOf(edgeId), held: undefined });
    if (this.#stopTelling !== undefined) return;
    this.#movedBefore = index.moved;
    this.#stopTelling = this.#deps.clock.every(TICK_MS, () => this.#tell());
  }

  #tell(): void {
    const moved = this.index.moved - this.#movedBefore;
    this.#movedBefore = this.index.moved;
    let left = Math.max(TOLD_PER_TICK.min, TOLD_PER_TICK.max - TOLD_PER_MOVE * moved);
    for (let loss = this.#losses[0]; loss !== undefined; loss = this.#losses[0]) {
      for (let charger = next(loss); charger !== undefined; charger = next(loss)) {
        loss.held = charger;
        if (left === 0 || !this.#tellOne(loss.edgeId, charger)) return;
        loss.held = undefined;
        left -= 1;
      }
      this.#losses.shift();
    }
    this.#stopTelling?.();
    this.#stopTelling = undefined;
  }

  #tellOne(edgeId: EdgeId, charger: IndexedCharger): boolean {
    if (this.index.edgeOf(charger) !== edgeId) return true;
    // It lives after all, or nobody can tell now: what it says later is looked into anew.
    if (!this.edges.isGone(edgeId)) return true;
    const { partition, tenant, chargerId } = charger;
    return this.#deliver(partition, { kind: 'edgeLost', tenant, chargerId, edgeId }) !== 'full';
  }

  #listed(partition: PartitionId, session: ListedSession): void {
    this.#deliver(partition, { ...session, kind: 'sessionListed' });
  }

  #deliver(partition: PartitionId, notice: Notice): Delivery {
    const arrivedMs = this.#deps.clock.monotonicMs();
    const inbound = { uplink: notice, partition, reply: '', deadlineMs: arrivedMs + NOTICE_BUDGET_MS, arrivedMs };
    return this.#deps.deliver(partition, `${notice.tenant}/${foldCase(notice.chargerId)}`, inbound);
  }

  #backlog(): number {
    return this.#losses.reduce((sum, { edgeId }) => sum + this.index.countOf(edgeId), 0);
  }
}

function next(loss: Loss): IndexedCharger | undefined {
  return loss.held ?? loss.chargers.next().value;
}
