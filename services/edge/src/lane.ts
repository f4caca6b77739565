/**
 * The lane of a charger inside its session: calls wait here in order and go to the worker one at a time; their answers leave
 * here. Pure; called by `charger-calls.ts` and `session.ts` only. Never lets a call overtake another.
 */
import { errorCode, formatError, formatResult } from '@voltlane/ocpp';
import type { DownlinkReply, Violation } from '@voltlane/wire';
import type { CallOutcome, GivenUp, SessionEffect } from './effect.ts';
import type { Session } from './session.ts';

/** A CALL or SEND of the charger between its arrival and its answer. */
export interface InboundCall {
  readonly messageId: string;
  readonly action: string;
  /** Payload as it goes to the worker. */
  readonly payload: string;
  /** Payload as the charger wrote it; the same string unless it was mended. */
  readonly payloadSeen: string;
  readonly receivedAtMs: number;
  /** Monotonic. */
  readonly arrivedAtMs: number;
  /** Nothing of the worker's reply reaches the charger. */
  readonly send: boolean;
  /** A SEND action that came as CALL: its answer is an empty result whatever the worker says. */
  readonly emptyAnswer: boolean;
  readonly violation: Violation | undefined;
  readonly deviations: readonly string[];
  /** Context of its span, when it is traced. */
  readonly traceparent: string | undefined;
  /** Answers owed: one, plus one per coalesced repeat. */
  copies: number;
  /** 0 while queued. */
  seq: number;
}

/** Puts a call at the end of the lane. */
export const enqueue = (session: Session, call: InboundCall, nowMs: number, effects: SessionEffect[]): void => {
  if (session.pending === undefined) {
    forward(session, call, nowMs, effects);
    return;
  }
  if (session.queue === undefined) session.queue = [call];
  else session.queue.push(call);
  addWaiting(session, effects);
};

/**
 * A call that is equal to this one and not answered yet. A charger that lost patience sends the same call again (OCPP-J 1.6
 * §4.2.3, MicroOcpp sent one StartTransaction four times): one execution, one answer to each copy.
 */
export const twinOf = (
  session: Session,
  messageId: string,
  action: string,
  payload: string,
): InboundCall | undefined => {
  const { pending, queue } = session;
  if (pending !== undefined && sameCall(pending, messageId, action, payload)) return pending;
  return queue?.find((call) => sameCall(call, messageId, action, payload));
};

/** Owes the call one more answer. */
export const coalesce = (session: Session, twin: InboundCall, effects: SessionEffect[]): void => {
  twin.copies += 1;
  effects.push({ kind: 'count', counter: 'coalesced', label: '' });
  addWaiting(session, effects);
};

/** The worker answered the pending call. */
export const callReplied = (
  session: Session,
  outcome: DownlinkReply['outcome'],
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const call = session.pending;
  if (call === undefined) return;
  if (call.emptyAnswer) deliver(session, call, formatResult(call.messageId, '{}'), effects);
  else if (!call.send) deliver(session, call, answerText(session, call, outcome, effects), effects);
  done(session, call, outcome.kind, nowMs, effects);
};

/** Nobody will answer the pending call any more: the charger gets an error instead of silence, so that it may try again. */
export const callGivenUp = (
  session: Session,
  seq: number,
  why: GivenUp,
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const call = session.pending;
  if (call === undefined || call.seq !== seq) return;
  giveUp(session, call, why, nowMs, effects);
};

const sameCall = (call: InboundCall, messageId: string, action: string, payload: string): boolean =>
  call.messageId === messageId && call.action === action && call.payloadSeen === payload && !call.send;

const giveUp = (session: Session, call: InboundCall, why: GivenUp, nowMs: number, effects: SessionEffect[]): void => {
  if (!call.send) {
    const description = why === 'deadline' ? 'no answer in time, try again' : 'overloaded, try again';
    deliver(
      session,
      call,
      errorText(session, call, errorCode(session.version, 'InternalError'), description, effects),
      effects,
    );
  } else if (call.emptyAnswer) deliver(session, call, formatResult(call.messageId, '{}'), effects);
  done(session, call, why, nowMs, effects);
};

const answerText = (
  session: Session,
  call: InboundCall,
  outcome: DownlinkReply['outcome'],
  effects: SessionEffect[],
): string => {
  switch (outcome.kind) {
    case 'result':
      return formatResult(call.messageId, outcome.payload);
    case 'error':
      return errorText(session, call, outcome.code, outcome.description, effects);
    case 'noted':
      // A worker that only takes note of a CALL owes the charger an answer all the same: never silence.
      return errorText(session, call, errorCode(session.version, 'InternalError'), 'no answer was made', effects);
  }
};

const errorText = (
  session: Session,
  call: InboundCall,
  code: string,
  description: string,
  effects: SessionEffect[],
): string => {
  effects.push({ kind: 'count', counter: 'errorSent', label: code });
  return formatError(session.version, call.messageId, code, description);
};

/** Puts a text on the socket, unless it is closing: then nobody reads any more. */
export const say = (session: Session, text: string, effects: SessionEffect[]): void => {
  if (session.phase === 'open') effects.push({ kind: 'sendText', text });
};

const deliver = (session: Session, call: InboundCall, text: string, effects: SessionEffect[]): void => {
  for (let copy = 0; copy < call.copies; copy += 1) say(session, text, effects);
};

/** Ends the pending call and sends the next one on its way. */
const done = (
  session: Session,
  call: InboundCall,
  outcome: CallOutcome,
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const { action, traceparent } = call;
  effects.push({ kind: 'callDone', action, outcome, tookMs: nowMs - call.arrivedAtMs, traceparent });
  session.pending = undefined;
  session.waiting -= call.copies - 1;
  const next = session.queue?.shift();
  if (session.queue?.length === 0) session.queue = undefined;
  if (next !== undefined) {
    session.waiting -= 1;
    if (nowMs < next.arrivedAtMs + session.limits.callDeadlineMs) forward(session, next, nowMs, effects);
    else giveUp(session, next, 'deadline', nowMs, effects);
  }
  resume(session, effects);
};

const forward = (session: Session, call: InboundCall, nowMs: number, effects: SessionEffect[]): void => {
  call.seq = session.nextSeq++;
  session.pending = call;
  const { violation } = call;
  const deadlineAtMs = call.arrivedAtMs + session.limits.callDeadlineMs;
  effects.push({
    kind: 'publish',
    deadlineAtMs,
    uplink: {
      kind: 'call',
      seq: call.seq,
      tenant: session.tenant,
      chargerId: session.chargerId,
      edgeId: session.edgeId,
      sessionId: session.sessionId,
      version: session.version,
      messageId: call.messageId,
      action: call.action,
      payload: call.payload,
      receivedAtMs: call.receivedAtMs,
      budgetMs: Math.round(deadlineAtMs - nowMs),
      send: call.send,
      deviations: call.deviations,
      traceparent: call.traceparent,
      ...(violation === undefined ? undefined : { violation }),
    },
  });
};

const addWaiting = (session: Session, effects: SessionEffect[]): void => {
  session.waiting += 1;
  if (session.paused || session.waiting < session.limits.inboundQueueCallsMax) return;
  session.paused = true;
  effects.push({ kind: 'count', counter: 'paused', label: '' });
  effects.push({ kind: 'pauseReading' });
};

// Half the bound, so that a charger at the limit does not toggle the socket with each answer.
const resume = (session: Session, effects: SessionEffect[]): void => {
  if (!session.paused || session.drainAs !== undefined || session.waiting > session.limits.inboundQueueCallsMax / 2)
    return;
  session.paused = false;
  effects.push({ kind: 'resumeReading' });
};
