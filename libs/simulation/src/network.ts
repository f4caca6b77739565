/**
 * Everything between chargers and edges: who listens, who is connected to whom, how long a text takes. Runs the edge's own
 * handshake checks, so admission, replacement and subprotocols are decided by the code under test.
 */
import { ChargerError, type ChargerLink, type Connect, type LinkEvents, type LinkTarget } from '@voltlane/charger';
import { checkUpgrade, type Listen, type ListenerPorts, type UpgradeRequest } from '@voltlane/edge';
import type { Clock, Random } from '@voltlane/time';
import type { Gate } from './gate.ts';
import type { LinkView } from './invariant.ts';
import { SimLink } from './sim-link.ts';
import { between, whole } from './streams.ts';

/** What the network needs of the world. */
export interface NetworkPorts {
  readonly clock: Clock;
  readonly onFrame: (link: LinkView, way: 'up' | 'down', text: string) => void;
  readonly onEdgeSend: () => void;
  readonly onLink: (link: LinkView, what: 'opened' | 'chargerClosed' | 'edgeClosed') => void;
  readonly onRefused: (charger: string, edge: string, reason: string) => void;
  readonly onThrown: (error: unknown) => void;
}

interface Listening {
  readonly gate: Gate;
  readonly ports: ListenerPorts;
}

/** A WebSocket key as a client would send it; nothing checks its freshness. */
const KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';
const DIAL_TIMEOUT_MS = 10_000;
const LATENCY_MS = { low: 5, high: 90 };

/** The network of one world. */
export class Network {
  readonly #ports: NetworkPorts;
  readonly #listening = new Map<string, Listening>();
  readonly #links = new Map<string, Set<SimLink>>();
  /** Extra delays by charger while a stall lasts. */
  readonly #stalls = new Map<string, () => number>();
  #edges: readonly string[] = [];
  #linkCount = 0;

  constructor(ports: NetworkPorts) {
    this.#ports = ports;
  }

  /** Names of the edges chargers may be sent to, whether they listen or not. */
  set edges(names: readonly string[]) {
    this.#edges = names;
  }

  /** The listener of an edge. */
  listenOf(edge: string, gate: Gate): Listen {
    return (ports) => {
      const listening = { gate, ports };
      this.#listening.set(edge, listening);
      return Promise.resolve({
        address: { address: '127.0.0.1', family: 'IPv4', port: 1 },
        stop: () => {
          if (this.#listening.get(edge) === listening) this.#listening.delete(edge);
        },
      });
    };
  }

  /** How a charger connects: to any edge, as behind a load balancer. */
  connectOf(charger: string, random: Random): Connect {
    return (target, events) => this.#dial(charger, random, target, events);
  }

  /** Sockets of a charger that somebody holds open. */
  linksOf(charger: string): readonly SimLink[] {
    return [...(this.#links.get(charger) ?? [])];
  }

  /** The edge's process is gone. */
  edgeDied(edge: string): void {
    this.#listening.delete(edge);
    for (const links of this.#links.values()) {
      for (const link of links) if (link.edge === edge) link.edgeDied();
    }
  }

  /** What the charger sends and hears takes longer; undefined ends it. */
  stall(charger: string, extraMs: (() => number) | undefined): void {
    if (extraMs === undefined) this.#stalls.delete(charger);
    else this.#stalls.set(charger, extraMs);
  }

  #dial(charger: string, random: Random, target: LinkTarget, events: LinkEvents): Promise<ChargerLink> {
    const { clock } = this.#ports;
    const edge = this.#edges[whole(random, this.#edges.length)] ?? '';
    const latencyMs = between(random, LATENCY_MS.low, LATENCY_MS.high);
    return new Promise((resolve, reject) => {
      let link: SimLink | undefined;
      let over = false;
      const end = (settle: () => void): void => {
        if (over) return;
        over = true;
        cancel();
        settle();
      };
      const cancel = clock.after(DIAL_TIMEOUT_MS, () => {
        end(() => reject(new ChargerError('connect-failed', 'no answer')));
        link?.cut();
      });
      clock.after(latencyMs, () => {
        const listening = this.#listening.get(edge);
        if (listening === undefined) {
          end(() => reject(new ChargerError('connect-failed', 'connection refused')));
          return;
        }
        listening.gate.run(() => {
          if (over) return;
          const open = (token: string | undefined): SimLink => {
            link = this.#open({ charger, edge, gate: listening.gate, latencyMs, events, subprotocol: token ?? '' });
            clock.after(latencyMs, () => end(() => link === undefined || resolve(link.chargerEnd)));
            return link;
          };
          const opened = (ready: SimLink): void => this.#ports.onLink(ready, 'opened');
          const refuse = (error: ChargerError): void => {
            clock.after(latencyMs, () => end(() => reject(error)));
          };
          upgrade(listening.ports, target, { open, refuse, opened, gone: () => over }).then((reason) => {
            if (reason !== undefined) this.#ports.onRefused(charger, edge, reason);
          }, this.#ports.onThrown);
        });
      });
    });
  }

  #open(parts: {
    readonly charger: string;
    readonly edge: string;
    readonly gate: Gate;
    readonly latencyMs: number;
    readonly events: LinkEvents;
    readonly subprotocol: string;
  }): SimLink {
    const { clock, onEdgeSend } = this.#ports;
    const { charger } = parts;
    this.#linkCount += 1;
    const link = new SimLink({
      ...parts,
      id: this.#linkCount,
      clock,
      stallMs: () => this.#stalls.get(charger)?.() ?? 0,
      onFrame: this.#ports.onFrame,
      onEdgeSend,
      onEnd: (ended, what) => {
        this.#ports.onLink(ended, what);
        if (!ended.chargerOpen && !ended.edgeOpen) this.#links.get(charger)?.delete(ended);
      },
    });
    const links = this.#links.get(charger) ?? new Set();
    this.#links.set(charger, links.add(link));
    return link;
  }
}

interface Handshake {
  readonly open: (token: string | undefined) => SimLink;
  readonly refuse: (error: ChargerError) => void;
  readonly opened: (link: SimLink) => void;
  readonly gone: () => boolean;
}

/** What the listener of the edge does with an upgrade, without HTTP. Resolves to the reason of a refusal. */
async function upgrade(ports: ListenerPorts, target: LinkTarget, handshake: Handshake): Promise<string | undefined> {
  const request: UpgradeRequest = {
    method: 'GET',
    target: `/ocpp/${encodeURIComponent(target.identity)}`,
    upgrade: 'websocket',
    key: KEY,
    webSocketVersion: '13',
    authorization: undefined,
    subprotocols: target.subprotocols.join(', '),
  };
  ports.onUpgrading(1);
  try {
    const outcome = await checkUpgrade(request, ports.context);
    if (handshake.gone()) {
      if ('accepted' in outcome) outcome.accepted.slot.leave();
      return undefined;
    }
    if ('refused' in outcome) {
      const { refused } = outcome;
      ports.metrics.handshake(refused.reason);
      ports.onRefused(refused, request.target, '127.0.0.1');
      const retryAfterS = Number(refused.headers['Retry-After'] ?? 0);
      handshake.refuse(
        new ChargerError('handshake-refused', refused.reason, {
          status: refused.status,
          retryAfterMs: retryAfterS * 1000,
        }),
      );
      return refused.reason;
    }
    const link = handshake.open(outcome.accepted.token);
    ports.metrics.handshake('accepted');
    ports.onAccepted(outcome.accepted, link.edgeEnd, '127.0.0.1');
    handshake.opened(link);
    return undefined;
  } finally {
    ports.onUpgrading(-1);
  }
}
