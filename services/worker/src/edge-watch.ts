/**
 * Which edges live. Edges heartbeat into a bucket; this worker watches it by the rules of membership.ts, as an observer: it blames
 * an edge for silence only while its own heartbeats come back through the same watch. Knows no sessions.
 */
import { Membership } from '@voltlane/actors';
import type { Bus, KeyValue } from '@voltlane/bus';
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { EdgeId, WorkerId } from '@voltlane/wire';
import { isEdgeId, edgeId as toEdgeId } from '@voltlane/wire';

/** What the watch works with. */
export interface EdgeWatchDependencies {
  readonly worker: WorkerId;
  readonly members: KeyValue;
  readonly bus: Pick<Bus, 'status' | 'onStatus'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly heartbeatMs: number;
  readonly expiryMs: number;
}

/** Who wants to know. */
export interface EdgeListener {
  /** An edge came. `returned`: it had been taken for dead, or left, before. */
  edgeFound(edgeId: EdgeId, returned: boolean): void;
  /** An edge stopped, or is dead. */
  edgeLost(edgeId: EdgeId): void;
}

/** What may be asked about edges. */
export interface EdgeView {
  /** True when the edge is known not to live; false while that cannot be told. */
  isGone(edgeId: EdgeId): boolean;
}

/** Of the time until an edge is dead, how long a watcher may be without its own heartbeats before it stops judging. */
const HEARS_SHARE = 0.7;
/** Edges lost that are remembered, to know one that returns. */
const LOST_EDGES_MAX = 1000;

/** Watches the edges. */
export class EdgeWatch implements EdgeView {
  readonly #membership: Membership<EdgeId>;
  readonly #log: EdgeWatchDependencies['log'];
  #listener: EdgeListener | undefined;
  #present: ReadonlySet<EdgeId> = new Set();
  readonly #lost = new Set<EdgeId>();
  #losses = 0;
  #started = false;

  constructor(deps: EdgeWatchDependencies) {
    const { members, bus, clock, heartbeatMs, expiryMs } = deps;
    this.#log = deps.log;
    this.#membership = new Membership({
      self: toEdgeId(deps.worker),
      isMember: isEdgeId,
      role: 'observing',
      members,
      bus,
      clock,
      times: { heartbeatMs, selfFenceMs: expiryMs * HEARS_SHARE, memberExpiryMs: expiryMs },
    });
  }

  /** Resolves when the edges are known. */
  async start(listener: EdgeListener): Promise<void> {
    this.#listener = listener;
    await this.#membership.start({
      // Nothing is done on the strength of being heard oneself.
      fenced: () => undefined,
      changed: () => this.#compare(),
      ticked: () => undefined,
    });
    this.#started = true;
    this.#compare();
  }

  stop(): Promise<void> {
    this.#listener = undefined;
    return this.#membership.stop();
  }

  isGone(edgeId: EdgeId): boolean {
    return this.#started && this.#membership.hears() && !this.#membership.isLive(edgeId);
  }

  /** Edges that live. */
  live(): readonly EdgeId[] {
    return [...this.#present];
  }

  /** Edges now, and those that went since the start. */
  stats(): { readonly live: number; readonly lost: number } {
    return { live: this.#present.size, lost: this.#losses };
  }

  #compare(): void {
    if (!this.#started) return;
    const before = this.#present;
    this.#present = new Set(this.#membership.present());
    for (const edgeId of this.#present) {
      if (before.has(edgeId)) continue;
      const returned = this.#lost.delete(edgeId);
      this.#log.info({ edge: edgeId, returned }, 'edge found');
      this.#listener?.edgeFound(edgeId, returned);
    }
    for (const edgeId of before) {
      if (this.#present.has(edgeId)) continue;
      this.#remember(edgeId);
      this.#losses += 1;
      this.#log.warn({ edge: edgeId }, 'edge gone');
      this.#listener?.edgeLost(edgeId);
    }
  }

  #remember(edgeId: EdgeId): void {
    this.#lost.add(edgeId);
    if (this.#lost.size <= LOST_EDGES_MAX) return;
    for (const oldest of this.#lost) {
      this.#lost.delete(oldest);
      return;
    }
  }
}
