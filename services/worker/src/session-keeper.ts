/**
 * Keeps each charger's session: judges the session of each message, attaches the newest, has the sockets of all others closed.
 * Owns what happens around a change of session; what a session means is decided in session-lifecycle.ts.
 */
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { SessionClosed, SessionHeader, SessionOpened } from '@voltlane/wire';
import { edgeId as toEdgeId } from '@voltlane/wire';
import type { ChargerActor, EdgeLost, Inbound, SessionListed } from './charger-actor.ts';
import type { EdgeView } from './edge-watch.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import type { SessionIndex } from './session-index.ts';
import type { Opening, SessionChange, Sighting } from './session-lifecycle.ts';
import { attachSession, detachSession, loseSession, standing } from './session-lifecycle.ts';

/** What the keeper works with. */
export interface SessionKeeperDependencies {
  readonly outbox: Outbox;
  readonly index: Pick<SessionIndex, 'put' | 'remove'>;
  readonly edges: EdgeView;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: Pick<WorkerMetrics, 'session' | 'staleClose'>;
}

/** Keeps the sessions of all chargers of a worker. */
export class SessionKeeper {
  readonly #deps: SessionKeeperDependencies;

  constructor(deps: SessionKeeperDependencies) {
    this.#deps = deps;
  }

  /** The actor came to memory: a session on an edge that is gone ends now, unless it is the one that speaks. */
  async activated(actor: ChargerActor, inbound: Inbound): Promise<void> {
    const { session } = actor.state;
    if (session === undefined) return;
    const edgeId = toEdgeId(session.edgeId);
    this.#deps.index.put(actor, edgeId);
    const speaker = 'edgeId' in inbound.uplink ? inbound.uplink.edgeId : undefined;
    if (speaker !== edgeId) await this.#lose(actor, edgeId);
  }

  /** The worker noticed that an edge is gone. */
  async edgeLost(actor: ChargerActor, { edgeId }: EdgeLost): Promise<void> {
    await this.#lose(actor, edgeId);
    const { session } = actor.state;
    if (session === undefined) this.#deps.index.remove(actor);
    else this.#deps.index.put(actor, toEdgeId(session.edgeId));
  }

  /** An edge holds a session that the worker did not know, or knew to be elsewhere. */
  async listed(actor: ChargerActor, inbound: Inbound, listed: SessionListed): Promise<void> {
    const openedAtMs = this.#deps.clock.nowMs() - listed.openedAgoMs;
    const opening = { openedAtMs, remoteAddress: undefined, securityProfile: undefined };
    const change = this.judge(actor, inbound, listed, opening);
    if (change !== undefined) {
      await this.#deps.outbox.appendState(actor, change.state, change.events, listed);
      this.attached(actor, inbound, listed, change);
    } else if (actor.state.session !== undefined) this.#deps.index.put(actor, toEdgeId(actor.state.session.edgeId));
  }

  /** A session says that it began. */
  async opened(actor: ChargerActor, inbound: Inbound, opened: SessionOpened): Promise<void> {
    const change = this.judge(actor, inbound, opened, opened);
    if (change === undefined) return;
    await this.#deps.outbox.appendState(actor, change.state, change.events, opened);
    this.attached(actor, inbound, opened, change);
  }

  /** A session says that it ended; only the end of the current one counts. */
  async closed(actor: ChargerActor, closed: SessionClosed): Promise<void> {
    const change = detachSession(actor.state, closed);
    if (change === undefined) {
      this.#deps.metrics.staleClose();
      return;
    }
    await this.#deps.outbox.appendState(actor, change.state, change.events, closed);
    this.#deps.metrics.session('closed');
    this.#deps.index.remove(actor);
  }

  /**
   * The change to append when the message comes by a session that is to be attached. The socket of one that is not the newest is
   * closed, again with each message: the first word about it may have been lost.
   */
  judge(actor: ChargerActor, inbound: Inbound, header: SessionHeader, opening: Opening): SessionChange | undefined {
    if (actor.atEaseIn(header.sessionId)) return undefined;
    const sighting = this.#sighting(inbound, header);
    const stands = standing(actor.state, header, sighting, actor.newestOpenedMonotonicMs);
    switch (stands) {
      case 'current':
        return undefined;
      case 'newest':
        return attachSession(actor.state, header, opening, sighting);
      case 'contested':
      case 'past':
        this.#deps.metrics.session(stands);
        this.#deps.outbox.closeSocket(actor, { id: header.sessionId, edgeId: header.edgeId }, stands);
        return undefined;
      default:
        return stands satisfies never;
    }
  }

  /** The change is durable: the socket of the older session goes. */
  attached(actor: ChargerActor, inbound: Inbound, header: SessionHeader, change: SessionChange): void {
    const { outbox, metrics, log, index } = this.#deps;
    // A whole number is part of its object, another is one more.
    actor.newestOpenedMonotonicMs = Math.floor(inbound.arrivedMs - (header.openedAgoMs ?? 0));
    index.put(actor, header.edgeId);
    metrics.session('attached');
    if (change.replaced === undefined) return;
    metrics.session('replaced');
    outbox.closeSocket(actor, change.replaced, 'replaced');
    if (!change.events.some(({ kind }) => kind === 'security.event')) return;
    metrics.session('duplicateIdentity');
    const { tenant, chargerId } = actor;
    const edges = [change.replaced.edgeId, header.edgeId];
    log.warn({ tenant, chargerId, edges }, 'connections of one identity replace each other');
  }

  async #lose(actor: ChargerActor, edgeId: EdgeLost['edgeId']): Promise<void> {
    const { outbox, edges, metrics, clock } = this.#deps;
    // Asked again at the last moment: an edge that came back keeps its chargers.
    if (!edges.isGone(edgeId)) return;
    const change = loseSession(actor.state, edgeId, clock.nowMs());
    const sessionId = actor.state.session?.id;
    if (change === undefined || sessionId === undefined) return;
    await outbox.appendState(actor, change.state, change.events, { kind: 'edgeLost', sessionId });
    metrics.session('edgeLost');
  }

  #sighting(inbound: Inbound, header: SessionHeader): Sighting {
    const { clock } = this.#deps;
    const monotonicMs = clock.monotonicMs();
    const agoMs = (header.openedAgoMs ?? 0) + monotonicMs - inbound.arrivedMs;
    return { agoMs, nowMs: clock.nowMs(), monotonicMs };
  }
}
