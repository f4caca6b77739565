/**
 * The direction broker → charger of a session: one outstanding CALL, its answer, its timeout, its loss. Pure; called by
 * `session.ts` only. Never hands an answer to a CALL it does not belong to.
 */

import type { ErrorFrame, InvalidFrame, ResultFrame } from '@voltlane/ocpp';
import { errorCode, formatCall, formatResultError, isErrorCode, mend, stringifyJson, validate } from '@voltlane/ocpp';
import type { UplinkAnswer } from '@voltlane/wire';
import type { SessionEffect, SessionEvent } from './effect.ts';
import { say } from './lane.ts';
import type { Session } from './session.ts';

/** The CALL the charger has to answer. */
export interface OutboundCall {
  readonly commandId: string;
  readonly messageId: string;
  readonly action: string;
  readonly deadlineAtMs: number;
  /** Context of the span of its command, when it is traced, and when it was sent. */
  readonly traced: { readonly traceparent: string; readonly sentAtMs: number } | undefined;
}

const MESSAGE_ID_CHARS_MAX = 36;

/** Sends a CALL, or says why not. One at a time: the actor sends the next only after the answer to this one. */
export const sendCommand = (
  session: Session,
  command: SessionEvent & { kind: 'command' },
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const { commandId } = command;
  if (session.command?.commandId === commandId || session.lastCommandId === commandId) {
    effects.push({ kind: 'count', counter: 'command', label: 'repeated' });
    return;
  }
  // A session that drains takes nothing new: the command waits for the charger's next connection.
  if (session.phase !== 'open' || session.drainAs !== undefined) {
    answer(session, commandId, { kind: 'lost', reason: 'notOpen' }, nowMs, effects);
    return;
  }
  if (session.command !== undefined) {
    answer(session, commandId, { kind: 'lost', reason: 'busy' }, nowMs, effects);
    return;
  }
  // The command id doubles as message id, so that one id follows a command from the backend to the wire.
  const messageId = commandId.length <= MESSAGE_ID_CHARS_MAX ? commandId : commandId.slice(-MESSAGE_ID_CHARS_MAX);
  const { action, timeoutMs, traceparent } = command;
  const traced = traceparent === undefined ? undefined : { traceparent, sentAtMs: nowMs };
  session.command = { commandId, messageId, action, deadlineAtMs: nowMs + timeoutMs, traced };
  say(session, formatCall(messageId, command.action, command.payload), effects);
};

/** A CALLRESULT of the charger. */
export const takeResult = (session: Session, frame: ResultFrame, nowMs: number, effects: SessionEffect[]): void => {
  const command = matched(session, frame.messageId, 'result', effects);
  if (command === undefined) return;
  const { version } = session;
  const violation = validate(version, command.action, 'response', frame.payload, 'strict');
  if (violation === undefined) {
    settle(session, { kind: 'result', payload: frame.payloadText }, nowMs, effects);
    return;
  }
  if (session.lenient) {
    const mended = mend(version, command.action, 'response', frame.payload);
    if (validate(version, command.action, 'response', mended.payload, 'lenient') === undefined) {
      for (const code of mended.deviations) effects.push({ kind: 'count', counter: 'deviation', label: code });
      settle(session, { kind: 'result', payload: stringifyJson(mended.payload) }, nowMs, effects);
      return;
    }
  }
  if (version === '2.1') {
    // OCPP 2.1 Part 4 §4.2.4, FR.06: the one version in which a bad CALLRESULT is answered.
    say(session, formatResultError(frame.messageId, violation.code, violation.description), effects);
    effects.push({ kind: 'count', counter: 'errorSent', label: violation.code });
  }
  // What the charger did say travels in the details: the backend may still make sense of it.
  const details = `{"payload":${frame.payloadText}}`;
  settle(session, { kind: 'error', code: violation.code, description: violation.description, details }, nowMs, effects);
};

/** A CALLERROR of the charger. */
export const takeError = (session: Session, frame: ErrorFrame, nowMs: number, effects: SessionEffect[]): void => {
  if (matched(session, frame.messageId, 'error', effects) === undefined) return;
  if (!isErrorCode(frame.code)) effects.push({ kind: 'count', counter: 'frameInvalid', label: 'unknownErrorCode' });
  const { code, description, detailsText } = frame;
  settle(session, { kind: 'error', code, description, details: detailsText }, nowMs, effects);
};

/** An answer too broken to be read, with an id that can: it ends the CALL it belongs to, which would only time out. */
export const takeBrokenAnswer = (
  session: Session,
  frame: InvalidFrame,
  nowMs: number,
  effects: SessionEffect[],
): void => {
  if (session.command === undefined || session.command.messageId !== frame.messageId) return;
  const code = errorCode(session.version, 'FormatViolation');
  settle(session, { kind: 'error', code, description: frame.description, details: '{}' }, nowMs, effects);
};

/** The deadline of the outstanding CALL passed; a later answer to it is unmatched. */
export const sweepCommand = (session: Session, nowMs: number, effects: SessionEffect[]): void => {
  settle(session, { kind: 'timeout' }, nowMs, effects);
};

/** The socket is gone: the outstanding CALL is lost at once, not by timeout. */
export const dropCommand = (session: Session, nowMs: number, effects: SessionEffect[]): void => {
  if (session.command !== undefined) settle(session, { kind: 'lost', reason: 'closed' }, nowMs, effects);
};

const matched = (
  session: Session,
  messageId: string,
  kind: 'result' | 'error',
  effects: SessionEffect[],
): OutboundCall | undefined => {
  if (session.command?.messageId === messageId) return session.command;
  effects.push({ kind: 'count', counter: 'unmatched', label: kind });
  return undefined;
};

const settle = (session: Session, outcome: UplinkAnswer['outcome'], nowMs: number, effects: SessionEffect[]): void => {
  if (session.command === undefined) return;
  const { commandId, action, traced } = session.command;
  session.command = undefined;
  session.lastCommandId = commandId;
  answer(session, commandId, outcome, nowMs, effects);
  if (traced === undefined) return;
  const { traceparent, sentAtMs } = traced;
  effects.push({ kind: 'commandDone', action, outcome: outcome.kind, tookMs: nowMs - sentAtMs, traceparent });
};

const answer = (
  session: Session,
  commandId: string,
  outcome: UplinkAnswer['outcome'],
  nowMs: number,
  effects: SessionEffect[],
): void => {
  effects.push({ kind: 'count', counter: 'command', label: outcome.kind });
  effects.push({
    kind: 'publish',
    deadlineAtMs: nowMs + session.limits.callDeadlineMs,
    uplink: {
      kind: 'answer',
      seq: session.nextSeq++,
      tenant: session.tenant,
      chargerId: session.chargerId,
      edgeId: session.edgeId,
      sessionId: session.sessionId,
      version: session.version,
      commandId,
      outcome,
    },
  });
};
