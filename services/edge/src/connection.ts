/**
 * Joins one socket to one session: feeds what happens to the pure machine and performs the effects it returns, in order. Owns
 * no rule of OCPP. One object per charger, no closures and no timers, because an edge holds tens of thousands.
 */
import type { Clock, Deadlines } from '@voltlane/time';
import type { DownlinkReply, PartitionId, SessionId } from '@voltlane/wire';
import type { AttachSlot } from './attach-gate.ts';
import { closeReason } from './close-code.ts';
import type { GivenUp, SessionEffect, SessionEvent } from './effect.ts';
import type { FrameTap } from './frame-tap.ts';
import type { EdgeMetrics } from './metrics.ts';
import { frameType } from './metrics.ts';
import type { Session } from './session.ts';
import { step, sweepDueAtMs } from './session.ts';
import type { EdgeSpans } from './spans.ts';
import type { Sender, Uplinks } from './uplink.ts';

/** What a connection needs of its socket; `ChargerSocket` has exactly this. */
export interface SocketPort {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  ping(): void;
}

/** An open socket on its way to its connection: whoever accepts a handshake sets `connection` before any event can fire. */
export interface AcceptedSocket extends SocketPort {
  connection: Connection | undefined;
}

/** What all connections of an edge share. */
export interface ConnectionPorts {
  readonly clock: Clock;
  readonly uplinks: Uplinks;
  readonly metrics: EdgeMetrics;
  /** Undefined where traces are off. */
  readonly spans?: EdgeSpans | undefined;
  readonly outboundBytesMax: number;
  /** When the sweep has to look at which connection. */
  readonly deadlines: Pick<Deadlines<Connection>, 'add' | 'delete'>;
  /** The socket of a session is gone. */
  readonly onGone: (connection: Connection) => void;
  /** A session has nothing more to do. */
  readonly onEnded: (connection: Connection) => void;
}

/** A session with its socket. */
export class Connection implements Sender {
  readonly session: Session;
  /** Monotonic ms at which the socket was opened. */
  readonly openedAtMs: number;
  /** Counts the connections of this edge from 1; given by `Sessions`. */
  ordinal: number = 0;
  /** Told of every frame while somebody traces this charger, which is hardly ever. */
  tap: FrameTap | undefined = undefined;
  /** Held until the actor knows the session. */
  #slot: AttachSlot | undefined;
  readonly #socket: SocketPort;
  readonly #ports: ConnectionPorts;
  /** When the sweep comes to this connection; each event may bring it nearer. */
  #sweepAtMs = Number.POSITIVE_INFINITY;

  constructor(session: Session, socket: SocketPort, ports: ConnectionPorts, slot?: AttachSlot) {
    this.session = session;
    this.#slot = slot;
    this.openedAtMs = ports.clock.monotonicMs();
    this.#socket = socket;
    this.#ports = ports;
  }

  get sessionId(): SessionId {
    return this.session.sessionId;
  }

  get partition(): PartitionId {
    return this.session.partition;
  }

  get ended(): boolean {
    return this.session.phase === 'ended';
  }

  /** Feeds one event. Events that an effect causes meanwhile are handled in between, so effects come last in their list. */
  handle(event: SessionEvent): void {
    const effects = step(this.session, event, this.#ports.clock.monotonicMs());
    for (const effect of effects) this.#perform(effect);
    this.#planSweep();
  }

  /** Its deadline came: feeds a sweep when something is due, and sets the next. Mostly the charger was heard meanwhile, and nothing is. */
  sweep(nowMs: number): void {
    this.#sweepAtMs = Number.POSITIVE_INFINITY;
    if (sweepDueAtMs(this.session) <= nowMs) this.handle({ kind: 'sweep' });
    else this.#planSweep();
  }

  /** A frame came. */
  frame(text: string, bytes: number): void {
    const { metrics, clock, spans } = this.#ports;
    const type = frameType(text);
    metrics.received(type, bytes);
    this.tap?.received(text);
    this.handle({ kind: 'frame', text, receivedAtMs: clock.nowMs(), traceparent: spans?.begin(type) });
  }

  /** A binary frame came that is no UTF-8. */
  unreadable(data: Uint8Array): void {
    this.#ports.metrics.received('other', data.length);
    this.tap?.unreadable(data);
    this.handle({ kind: 'unreadable' });
  }

  /** A ping or pong came. */
  heard(): void {
    this.session.heardAtMs = this.#ports.clock.monotonicMs();
  }

  /** The socket broke a rule of the transport; `gone` follows. */
  failed(code: string): void {
    this.#ports.metrics.socketError(code);
    this.tap?.failed(code);
  }

  /** The socket is gone. */
  gone(code: number, reason: string): void {
    this.handle({ kind: 'closed', code, reason, closedAtMs: this.#ports.clock.nowMs() });
    this.tap?.closed(code, this.session.ending?.reason ?? reason);
    this.tap = undefined;
    this.#leaveSlot();
    this.#ports.deadlines.delete(this);
    this.#ports.onGone(this);
  }

  replied(seq: number, outcome: DownlinkReply['outcome']): void {
    if (seq === 0) {
      this.#slot?.arrived();
      // A connection lives for days, its slot for milliseconds.
      this.#slot = undefined;
    }
    this.handle({ kind: 'reply', seq, outcome });
  }

  gaveUp(seq: number, why: GivenUp): void {
    this.handle({ kind: 'gaveUp', seq, why });
  }

  /** A deadline that moved away is left where it is until the sweep meets it. */
  #planSweep(): void {
    const dueAtMs = sweepDueAtMs(this.session);
    if (dueAtMs >= this.#sweepAtMs) return;
    this.#sweepAtMs = dueAtMs;
    this.#ports.deadlines.add(this, dueAtMs);
  }

  #leaveSlot(): void {
    this.#slot?.leave();
    this.#slot = undefined;
  }

  #perform(effect: SessionEffect): void {
    const { metrics } = this.#ports;
    switch (effect.kind) {
      case 'sendText':
        this.#send(effect.text);
        return;
      case 'publish':
        this.#ports.uplinks.send(this, effect.uplink, effect.deadlineAtMs);
        return;
      case 'callDone':
        metrics.callDone(effect.action, effect.outcome, effect.tookMs, effect.traceparent);
        this.#ports.spans?.call(this.session, effect);
        return;
      case 'callRefused':
        this.#ports.spans?.call(this.session, effect);
        return;
      case 'commandDone':
        this.#ports.spans?.command(this.session, effect);
        return;
      case 'count':
        metrics.count(effect.counter, effect.label);
        return;
      case 'pauseReading':
        this.#socket.pause();
        return;
      case 'resumeReading':
        this.#socket.resume();
        return;
      case 'ping':
        this.#socket.ping();
        return;
      case 'closeSocket':
        this.#socket.close(effect.code, closeReason(effect.reason));
        return;
      case 'cutSocket':
        metrics.cut(effect.reason);
        this.#socket.terminate();
        return;
      case 'ended':
        this.#ports.onEnded(this);
    }
  }

  #send(text: string): void {
    this.#socket.send(text);
    this.tap?.sent(text);
    this.#ports.metrics.sent(frameType(text), text.length);
    // A reader this slow takes the memory of the others; it comes back with a fresh socket.
    if (this.session.phase === 'open' && this.#socket.bufferedAmount > this.#ports.outboundBytesMax)
      this.handle({ kind: 'cut', reason: 'slowReader' });
  }
}
