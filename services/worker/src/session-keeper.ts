/**
 * Keeps each charger's session: judges the session of each message, attaches the newest, has the sockets of all others closed.
 * Owns what happens around a change of session; what a session means is decided in session-lifecycle.ts.
 */
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { SessionClosed, SessionOpened, UplinkCall } from '@voltlane/wire';
import type { ChargerActor, Inbound } from './charger-actor.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import type { Opening, SessionChange, Sighting } from './session-lifecycle.ts';
import { attachSession, detachSession, standing } from './session-lifecycle.ts';

/** What the keeper works with. */
export interface SessionKeeperDependencies {
  readonly outbox: Outbox;
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

  /** A session says that it began. */
  async opened(actor: ChargerActor, inbound: Inbound, opened: SessionOpened): Promise<void> {
    const change = this.judge(actor, inbound, opened, opened);
    if (change === undefined) return;
    await this.#deps.outbox.appendState(actor, change.state, change.events, opened);
    this.attached(actor, inbound, change);
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
  }

  /**
   * The change to append when the message comes by a session that is to be attached. The socket of one that is not the newest is
   * closed, again with each message: the first word about it may have been lost.
   */
  judge(
    actor: ChargerActor,
    inbound: Inbound,
    header: SessionOpened | UplinkCall,
    opening: Opening,
  ): SessionChange | undefined {
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
  attached(actor: ChargerActor, inbound: Inbound, change: SessionChange): void {
    const { outbox, metrics, log } = this.#deps;
    actor.newestOpenedMonotonicMs = inbound.arrivedMs - (inbound.uplink.openedAgoMs ?? 0);
    metrics.session('attached');
    if (change.replaced === undefined) return;
    metrics.session('replaced');
    outbox.closeSocket(actor, change.replaced, 'replaced');
    if (!change.events.some(({ kind }) => kind === 'security.event')) return;
    metrics.session('duplicateIdentity');
    const { tenant, chargerId } = actor;
    const edges = [change.replaced.edgeId, inbound.uplink.edgeId];
    log.warn({ tenant, chargerId, edges }, 'connections of one identity replace each other');
  }

  #sighting(inbound: Inbound, header: SessionOpened | UplinkCall): Sighting {
    const { clock } = this.#deps;
    const monotonicMs = clock.monotonicMs();
    const agoMs = (header.openedAgoMs ?? 0) + monotonicMs - inbound.arrivedMs;
    return { agoMs, nowMs: clock.nowMs(), monotonicMs };
  }
}
