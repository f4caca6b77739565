/**
 * One socket in memory: two ends that need not agree on whether it is open, with latency in between. Texts keep their order each
 * way. What it must never do: run anything of the edge but through the edge's gate.
 */
import type { ChargerLink, LinkEvents } from '@voltlane/charger';
import type { AcceptedSocket } from '@voltlane/edge';
import type { Clock } from '@voltlane/time';
import type { Gate } from './gate.ts';
import type { LinkView } from './invariant.ts';

/** What a link needs of the world. */
export interface SimLinkPorts {
  readonly id: number;
  readonly charger: string;
  readonly edge: string;
  readonly clock: Clock;
  /** Gate of the edge. */
  readonly gate: Gate;
  readonly latencyMs: number;
  readonly events: LinkEvents;
  readonly subprotocol: string;
  /** Extra delay of one text right now. */
  readonly stallMs: () => number;
  readonly onFrame: (link: SimLink, way: 'up' | 'down', text: string) => void;
  /** The edge wrote to the socket. */
  readonly onEdgeSend: () => void;
  readonly onEnd: (link: SimLink, end: 'chargerClosed' | 'edgeClosed') => void;
}

/** How long an edge waits for the other side of a close, as `ws` is configured. */
const CLOSE_TIMEOUT_MS = 5_000;

/** A socket. */
export class SimLink implements LinkView {
  readonly id: number;
  readonly charger: string;
  readonly edge: string;
  readonly chargerEnd: ChargerLink;
  readonly edgeEnd: AcceptedSocket;
  chargerOpen = true;
  edgeOpen = true;
  readonly #ports: SimLinkPorts;
  /** What goes this way vanishes. */
  #lostUp = false;
  #lostDown = false;
  #upDueMs = 0;
  #downDueMs = 0;
  #reading = true;
  #unread: string[] = [];
  #inFlight = 0;

  constructor(ports: SimLinkPorts) {
    this.#ports = ports;
    this.id = ports.id;
    this.charger = ports.charger;
    this.edge = ports.edge;
    this.chargerEnd = {
      subprotocol: ports.subprotocol,
      send: (text) => this.#sendUp(text),
      close: (code, reason) => this.#chargerCloses(code, reason),
      terminate: () => this.#chargerCloses(1006, ''),
      pause: () => undefined,
    };
    this.edgeEnd = this.#createEdgeEnd();
  }

  get session(): string {
    return this.edgeEnd.connection?.sessionId ?? '';
  }

  /** Both ends learn that the connection is gone; what was on its way is lost. */
  cut(): void {
    this.#lostUp = true;
    this.#lostDown = true;
    this.#up(() => this.#edgeGone(1006, ''), true);
    this.#down(() => this.#chargerGone(1006, ''), true);
  }

  /** The charger learns, the edge does not; what the charger had sent still arrives. */
  silence(): void {
    this.#lostDown = true;
    this.#chargerGone(1006, '');
  }

  /** Nothing arrives any more; the charger learns after `afterMs`. */
  blackhole(afterMs: number): void {
    this.#lostUp = true;
    this.#lostDown = true;
    this.#ports.clock.after(afterMs, () => this.#chargerGone(1006, ''));
  }

  /** The edge's process is gone: its system resets the connection. */
  edgeDied(): void {
    if (!this.edgeOpen) return;
    this.edgeOpen = false;
    this.#ports.onEnd(this, 'edgeClosed');
    this.#down(() => this.#chargerGone(1006, ''), false);
  }

  #createEdgeEnd(): AcceptedSocket {
    const { gate, clock, onEdgeSend } = this.#ports;
    const inFlight = (): number => this.#inFlight;
    return {
      connection: undefined,
      get bufferedAmount(): number {
        return inFlight();
      },
      send: (text) => {
        onEdgeSend();
        this.#sendDown(text);
      },
      close: (code, reason) => {
        this.#down(() => this.#chargerHearsClose(code, reason), false);
        clock.after(CLOSE_TIMEOUT_MS, () => gate.run(() => this.#edgeGone(1006, '')));
      },
      terminate: () => {
        clock.after(0, () => gate.run(() => this.#edgeGone(1006, '')));
        this.#down(() => this.#chargerGone(1006, ''), false);
      },
      pause: () => {
        this.#reading = false;
      },
      resume: () => {
        this.#reading = true;
        if (this.#unread.length > 0) clock.after(0, () => gate.run(() => this.#read()));
      },
      ping: () => {
        this.#down(() => {
          if (this.chargerOpen) this.#up(() => gate.run(() => this.#heard()), false);
        }, false);
      },
    };
  }

  #sendUp(text: string): void {
    if (!this.chargerOpen) return;
    this.#ports.onFrame(this, 'up', text);
    this.#up(() => {
      this.#ports.gate.run(() => {
        if (!this.edgeOpen) return;
        this.#unread.push(text);
        this.#read();
      });
    }, false);
  }

  #sendDown(text: string): void {
    if (!this.edgeOpen) return;
    this.#inFlight += text.length;
    this.#down(() => {
      this.#inFlight -= text.length;
      if (!this.chargerOpen) return;
      this.#ports.onFrame(this, 'down', text);
      this.#ports.events.onText(text);
    }, false);
  }

  #read(): void {
    while (this.#reading && this.edgeOpen) {
      const text = this.#unread.shift();
      if (text === undefined) return;
      this.edgeEnd.connection?.frame(text, text.length);
    }
  }

  #heard(): void {
    if (this.edgeOpen) this.edgeEnd.connection?.heard();
  }

  /** `what` at the edge after the latency, unless it is lost on the way. `sure` is for what the network itself says. */
  #up(what: () => void, sure: boolean): void {
    const { clock, latencyMs, stallMs, gate } = this.#ports;
    const nowMs = clock.monotonicMs();
    this.#upDueMs = Math.max(this.#upDueMs, nowMs + latencyMs + stallMs());
    clock.after(this.#upDueMs - nowMs, () => {
      if (sure) gate.run(what);
      else if (!this.#lostUp) what();
    });
  }

  #down(what: () => void, sure: boolean): void {
    const { clock, latencyMs, stallMs } = this.#ports;
    const nowMs = clock.monotonicMs();
    this.#downDueMs = Math.max(this.#downDueMs, nowMs + latencyMs + stallMs());
    clock.after(this.#downDueMs - nowMs, () => {
      if (sure || !this.#lostDown) what();
    });
  }

  #chargerCloses(code: number, reason: string): void {
    if (!this.chargerOpen) return;
    this.chargerOpen = false;
    this.#ports.onEnd(this, 'chargerClosed');
    this.#up(() => this.#ports.gate.run(() => this.#edgeGone(code, reason)), false);
    this.#down(() => this.#ports.events.onClose(code, reason), true);
  }

  #chargerHearsClose(code: number, reason: string): void {
    if (!this.chargerOpen) return;
    this.#up(() => this.#ports.gate.run(() => this.#edgeGone(code, reason)), false);
    this.#chargerGone(code, reason);
  }

  #chargerGone(code: number, reason: string): void {
    if (!this.chargerOpen) return;
    this.chargerOpen = false;
    this.#ports.onEnd(this, 'chargerClosed');
    this.#ports.events.onClose(code, reason);
  }

  #edgeGone(code: number, reason: string): void {
    if (!this.edgeOpen) return;
    // What was read stays valid, what waits behind a paused reader does not: the kernel drops it with the socket.
    this.#reading = true;
    if (code !== 1006) this.#read();
    this.edgeOpen = false;
    this.#unread = [];
    this.#ports.onEnd(this, 'edgeClosed');
    this.edgeEnd.connection?.gone(code, reason);
  }
}
