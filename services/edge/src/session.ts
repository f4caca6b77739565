/**
 * One socket of one charger as a pure state machine: `step(session, event, nowMs) → effects`. It owns the rules of a
 * session and does no IO: no socket, no bus, no clock. The record is mutable for the hot path, but only `step` writes it.
 *
 * Invariants:
 * 1. At most one CALL of the charger is with the worker; the others wait here in order of arrival.
 * 2. At most one CALL to the charger is outstanding; an answer that matches no outstanding CALL never reaches the worker.
 * 3. Every CALL taken from the socket is answered, or handed to the worker until its deadline when the socket is gone.
 * 4. `sessionClosed` is the last message of a session, after every call is done with.
 * 5. Errors found at the edge are answered at once: an error may overtake the answer of an earlier call, never a result.
 */
import type { ChargerId, EdgeId, PartitionId, SessionHeader, SessionId, Tenant, WireOcppVersion } from '@voltlane/wire';
import { takeFrame } from './charger-calls.ts';
import type { OutboundCall } from './csms-calls.ts';
import { dropCommand, sendCommand, sweepCommand } from './csms-calls.ts';
import type { CutReason, SessionEffect, SessionEvent } from './effect.ts';
import type { InboundCall } from './lane.ts';
import { callGivenUp, callReplied } from './lane.ts';

/** Limits of every session of an edge; one object shared by all. */
export interface SessionLimits {
  /** How long a CALL may wait for its answer, counted from its arrival. */
  readonly callDeadlineMs: number;
  /** Calls (and repeats of them) that may wait behind the pending one before reading stops. */
  readonly inboundQueueCallsMax: number;
  /** The socket is dead when nothing was heard for this long; 0 = never. */
  readonly idleTimeoutMs: number;
}

/** A session. Built by `createSession`, written by `step` only. */
export interface Session extends SessionHeader {
  readonly tenant: Tenant;
  readonly chargerId: ChargerId;
  readonly edgeId: EdgeId;
  readonly sessionId: SessionId;
  readonly version: WireOcppVersion;
  readonly partition: PartitionId;
  readonly lenient: boolean;
  /** `terminate`: our closes end the connection without a close frame. */
  readonly closeBy: 'close' | 'terminate';
  readonly limits: SessionLimits;
  /** Ping when nothing was heard for this long; spread per session; 0 = never. */
  readonly pingIntervalMs: number;
  /** `open` → `closing` (we asked for it; calls still arrive) → `gone` (socket closed) → `ended`. */
  phase: 'open' | 'closing' | 'gone' | 'ended';
  nextSeq: number;
  /** The one CALL the worker has. */
  pending: InboundCall | undefined;
  /** Calls behind it; undefined while empty, which is nearly always. */
  queue: InboundCall[] | undefined;
  /** Length of the queue plus repeats that were coalesced. */
  waiting: number;
  paused: boolean;
  /** The one CALL the charger has. */
  command: OutboundCall | undefined;
  /** Id of the last command that ended, so that a second copy of it is recognised. */
  lastCommandId: string;
  /** Monotonic time something was last heard from the charger. */
  heardAtMs: number;
  pingedAtMs: number;
  /** Close with this once every call taken is answered, and the one sent. */
  drainAs: { readonly code: number; readonly reason: string } | undefined;
  /** Why we closed the socket; empty when the charger did. */
  why: string;
  /** How the socket ended; written once. */
  ending: { readonly code: number; readonly reason: string; readonly closedAtMs: number } | undefined;
  /** Sequence number of `sessionClosed`, 0 before it was sent. */
  closedSeq: number;
}

/** What distinguishes one session from another at its birth. */
export interface SessionStart extends SessionHeader {
  readonly partition: PartitionId;
  readonly lenient: boolean;
  readonly closeBy: 'close' | 'terminate';
  readonly limits: SessionLimits;
  readonly pingIntervalMs: number;
}

/** A session whose socket was just accepted; the `opened` event comes next. */
export const createSession = (start: SessionStart, nowMs: number): Session => ({
  tenant: start.tenant,
  chargerId: start.chargerId,
  edgeId: start.edgeId,
  sessionId: start.sessionId,
  version: start.version,
  partition: start.partition,
  lenient: start.lenient,
  closeBy: start.closeBy,
  limits: start.limits,
  pingIntervalMs: start.pingIntervalMs,
  phase: 'open',
  nextSeq: 1,
  pending: undefined,
  queue: undefined,
  waiting: 0,
  paused: false,
  command: undefined,
  lastCommandId: '',
  heardAtMs: nowMs,
  pingedAtMs: nowMs,
  drainAs: undefined,
  why: '',
  ending: undefined,
  closedSeq: 0,
});

/** Applies one event. `nowMs` is monotonic. */
export const step = (session: Session, event: SessionEvent, nowMs: number): SessionEffect[] => {
  const effects: SessionEffect[] = [];
  if (session.phase === 'ended') return effects;
  switch (event.kind) {
    case 'frame':
      session.heardAtMs = nowMs;
      takeFrame(session, event, nowMs, effects);
      break;
    case 'reply':
      reply(session, event.seq, event.outcome, nowMs, effects);
      break;
    case 'heard':
      session.heardAtMs = nowMs;
      break;
    case 'opened':
      effects.push({
        kind: 'publish',
        deadlineAtMs: Number.POSITIVE_INFINITY,
        uplink: {
          kind: 'sessionOpened',
          seq: 0,
          tenant: session.tenant,
          chargerId: session.chargerId,
          edgeId: session.edgeId,
          sessionId: session.sessionId,
          version: session.version,
          openedAtMs: event.openedAtMs,
          remoteAddress: event.remoteAddress,
          securityProfile: event.securityProfile,
        },
      });
      break;
    case 'unreadable':
      session.heardAtMs = nowMs;
      effects.push({ kind: 'count', counter: 'frameInvalid', label: 'notUtf8' });
      close(session, 1007, 'frame is not UTF-8', effects);
      break;
    case 'gaveUp':
      if (event.seq === session.closedSeq && session.closedSeq > 0) end(session, effects);
      else callGivenUp(session, event.seq, event.why, nowMs, effects);
      break;
    case 'command':
      sendCommand(session, event, nowMs, effects);
      break;
    case 'close':
      close(session, event.code, event.reason, effects);
      break;
    case 'drain':
      drain(session, event.code, event.reason, effects);
      break;
    case 'cut':
      cut(session, event.reason, effects);
      break;
    case 'closed':
      closed(session, event, nowMs, effects);
      break;
    case 'sweep':
      sweep(session, nowMs, effects);
      break;
  }
  drained(session, effects);
  finish(session, nowMs, effects);
  return effects;
};

/** When a `sweep` event would do something, if no event comes before. What is heard meanwhile can only move it later. */
export const sweepDueAtMs = (session: Session): number => {
  const { phase, command, paused, heardAtMs, pingedAtMs, pingIntervalMs } = session;
  if (phase === 'gone' || phase === 'ended') return Number.POSITIVE_INFINITY;
  let dueAtMs = command?.deadlineAtMs ?? Number.POSITIVE_INFINITY;
  if (phase !== 'open') return dueAtMs;
  const { idleTimeoutMs } = session.limits;
  if (idleTimeoutMs > 0 && !paused) dueAtMs = Math.min(dueAtMs, heardAtMs + idleTimeoutMs);
  if (pingIntervalMs > 0) dueAtMs = Math.min(dueAtMs, Math.max(heardAtMs, pingedAtMs) + pingIntervalMs);
  return dueAtMs;
};

const commandDue = (session: Session, nowMs: number): boolean =>
  session.command !== undefined && session.command.deadlineAtMs <= nowMs;

// A paused socket is silent because we do not read it.
const idle = (session: Session, nowMs: number): boolean =>
  session.phase === 'open' &&
  session.limits.idleTimeoutMs > 0 &&
  !session.paused &&
  nowMs - session.heardAtMs >= session.limits.idleTimeoutMs;

const pingDue = (session: Session, nowMs: number): boolean =>
  session.phase === 'open' &&
  session.pingIntervalMs > 0 &&
  nowMs - session.heardAtMs >= session.pingIntervalMs &&
  nowMs - session.pingedAtMs >= session.pingIntervalMs;

const sweep = (session: Session, nowMs: number, effects: SessionEffect[]): void => {
  if (session.phase === 'gone') return;
  if (commandDue(session, nowMs)) sweepCommand(session, nowMs, effects);
  if (idle(session, nowMs)) {
    cut(session, 'silent', effects);
    return;
  }
  if (pingDue(session, nowMs)) {
    session.pingedAtMs = nowMs;
    effects.push({ kind: 'ping' });
  }
};

const reply = (
  session: Session,
  seq: number,
  outcome: (SessionEvent & { kind: 'reply' })['outcome'],
  nowMs: number,
  effects: SessionEffect[],
): void => {
  if (session.pending !== undefined && session.pending.seq === seq) callReplied(session, outcome, nowMs, effects);
  else if (session.closedSeq > 0 && session.closedSeq === seq) end(session, effects);
  // Replies to sessionOpened and to answers only end the uplink's bookkeeping.
};

const close = (session: Session, code: number, reason: string, effects: SessionEffect[]): void => {
  if (session.phase !== 'open') return;
  session.phase = 'closing';
  session.why = reason;
  if (session.closeBy === 'terminate') effects.push({ kind: 'cutSocket', reason: 'quirk' });
  else effects.push({ kind: 'closeSocket', code, reason });
};

const cut = (session: Session, reason: CutReason, effects: SessionEffect[]): void => {
  if (session.phase === 'gone') return;
  if (session.phase === 'open') session.why = reason;
  // From here on nothing is written to the socket.
  session.phase = 'closing';
  effects.push({ kind: 'cutSocket', reason });
};

/** Closes as soon as every call taken is answered, in both directions; takes no more meanwhile. */
const drain = (session: Session, code: number, reason: string, effects: SessionEffect[]): void => {
  if (session.phase !== 'open' || session.drainAs !== undefined) return;
  session.drainAs = { code, reason };
  // The answer to our CALL can only come while the socket is read.
  if (session.paused || session.command !== undefined) return;
  session.paused = true;
  effects.push({ kind: 'pauseReading' });
};

const drained = (session: Session, effects: SessionEffect[]): void => {
  const { drainAs } = session;
  if (drainAs === undefined || session.phase !== 'open' || session.command !== undefined) return;
  if (session.pending !== undefined || session.queue !== undefined) {
    if (session.paused) return;
    session.paused = true;
    effects.push({ kind: 'pauseReading' });
    return;
  }
  close(session, drainAs.code, drainAs.reason, effects);
  // The charger's close frame stands behind what was not read.
  session.paused = false;
  effects.push({ kind: 'resumeReading' });
};

const closed = (
  session: Session,
  event: SessionEvent & { kind: 'closed' },
  nowMs: number,
  effects: SessionEffect[],
): void => {
  if (session.phase === 'gone') return;
  session.phase = 'gone';
  const reason = event.reason === '' ? session.why : event.reason;
  session.ending = { code: event.code, reason, closedAtMs: event.closedAtMs };
  dropCommand(session, nowMs, effects);
};

/** Once the socket is gone and every call is done with, says so: the last message of the session. */
const finish = (session: Session, nowMs: number, effects: SessionEffect[]): void => {
  if (session.phase !== 'gone' || session.closedSeq > 0 || session.ending === undefined) return;
  if (session.pending !== undefined || session.queue !== undefined) return;
  session.closedSeq = session.nextSeq++;
  effects.push({
    kind: 'publish',
    deadlineAtMs: nowMs + session.limits.callDeadlineMs,
    uplink: {
      kind: 'sessionClosed',
      seq: session.closedSeq,
      tenant: session.tenant,
      chargerId: session.chargerId,
      edgeId: session.edgeId,
      sessionId: session.sessionId,
      version: session.version,
      closedAtMs: session.ending.closedAtMs,
      code: session.ending.code,
      reason: session.ending.reason,
    },
  });
};

const end = (session: Session, effects: SessionEffect[]): void => {
  session.phase = 'ended';
  effects.push({ kind: 'ended' });
};
