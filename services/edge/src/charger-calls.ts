/**
 * The direction charger → broker of a session: parse, judge, put in the lane, answer. Pure; called by `session.ts` only.
 * What fails here never reaches the bus, except transaction messages, which are recorded before they are refused.
 */

import type { CallFrame, SendFrame } from '@voltlane/ocpp';
import { actionInfo, errorCode, formatError, mend, parseFrame, stringifyJson, validate } from '@voltlane/ocpp';
import type { Violation } from '@voltlane/wire';
import { takeBrokenAnswer, takeError, takeResult } from './csms-calls.ts';
import type { SessionEffect, SessionEvent } from './effect.ts';
import type { InboundCall } from './lane.ts';
import { coalesce, enqueue, say, twinOf } from './lane.ts';
import type { Session } from './session.ts';

const NO_DEVIATIONS: readonly string[] = [];

/** When a frame came, and the trace of what it brings. */
type Arrival = Pick<SessionEvent & { kind: 'frame' }, 'receivedAtMs' | 'traceparent'>;

/** Takes one frame of the charger. */
export const takeFrame = (
  session: Session,
  event: SessionEvent & { kind: 'frame' },
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const frame = parseFrame(event.text, session.version);
  switch (frame.kind) {
    case 'call':
      takeCall(session, frame, event, nowMs, effects);
      return;
    case 'send':
      takeSend(session, frame, event, nowMs, effects);
      return;
    case 'result':
      takeResult(session, frame, nowMs, effects);
      return;
    case 'error':
      takeError(session, frame, nowMs, effects);
      return;
    case 'resultError':
      effects.push({ kind: 'count', counter: 'resultRefused', label: '' });
      return;
    case 'invalid':
      effects.push({ kind: 'count', counter: 'frameInvalid', label: frame.reason });
      if (frame.answer !== undefined) say(session, frame.answer, effects);
      if (frame.messageType === 3 || frame.messageType === 4) takeBrokenAnswer(session, frame, nowMs, effects);
  }
};

const takeCall = (
  session: Session,
  frame: CallFrame,
  arrival: Arrival,
  nowMs: number,
  effects: SessionEffect[],
): void => {
  // It crossed the close frame of a drain, and nothing can be answered behind that: not taken, so the charger sends it again.
  if (session.drainAs !== undefined && session.phase !== 'open') return;
  const { version } = session;
  const { messageId, action } = frame;
  const info = actionInfo(version, action);
  if (info === undefined) {
    const code = errorCode(version, 'NotImplemented');
    refuse(session, frame, arrival, { code, description: 'action is not known' }, effects);
    return;
  }
  if (info.sender === 'csms') {
    const code = errorCode(version, 'NotSupported');
    refuse(session, frame, arrival, { code, description: 'action is sent by the CSMS, not by the charger' }, effects);
    return;
  }
  const twin = twinOf(session, messageId, action, frame.payloadText);
  if (twin !== undefined) {
    coalesce(session, twin, effects);
    return;
  }
  const judged = judge(session, frame, effects);
  if (judged.violation !== undefined && !info.transactional) {
    refuse(session, frame, arrival, judged.violation, effects);
    return;
  }
  const asCall = info.kind === 'send';
  if (asCall) effects.push({ kind: 'count', counter: 'sendAsCall', label: '' });
  enqueue(session, inbound(frame, judged, arrival, nowMs, asCall, asCall), nowMs, effects);
};

const takeSend = (
  session: Session,
  frame: SendFrame,
  arrival: Arrival,
  nowMs: number,
  effects: SessionEffect[],
): void => {
  const info = actionInfo(session.version, frame.action);
  if (info === undefined || info.kind !== 'send' || info.sender === 'csms') {
    effects.push({ kind: 'count', counter: 'sendDropped', label: 'action' });
    return;
  }
  const judged = judge(session, frame, effects);
  if (judged.violation !== undefined) {
    effects.push({ kind: 'count', counter: 'sendDropped', label: 'schema' });
    return;
  }
  enqueue(session, inbound(frame, judged, arrival, nowMs, true, false), nowMs, effects);
};

const refuse = (
  session: Session,
  { messageId, action }: CallFrame,
  { traceparent }: Arrival,
  { code, description }: Violation,
  effects: SessionEffect[],
): void => {
  effects.push({ kind: 'count', counter: 'errorSent', label: code });
  say(session, formatError(session.version, messageId, code, description), effects);
  if (traceparent !== undefined) effects.push({ kind: 'callRefused', action, code, traceparent });
};

interface Judged {
  readonly payload: string;
  readonly violation: Violation | undefined;
  readonly deviations: readonly string[];
}

/** Strict first; a lenient charger's message is mended only when it failed. */
const judge = (session: Session, frame: CallFrame | SendFrame, effects: SessionEffect[]): Judged => {
  const { version } = session;
  const violation = validate(version, frame.action, 'request', frame.payload, 'strict');
  if (violation === undefined) return { payload: frame.payloadText, violation, deviations: NO_DEVIATIONS };
  if (session.lenient) {
    const mended = mend(version, frame.action, 'request', frame.payload);
    if (validate(version, frame.action, 'request', mended.payload, 'lenient') === undefined) {
      const deviations = mended.deviations.length > 0 ? mended.deviations : ['schema'];
      for (const code of deviations) effects.push({ kind: 'count', counter: 'deviation', label: code });
      return { payload: stringifyJson(mended.payload), violation: undefined, deviations };
    }
  }
  const { code, description } = violation;
  return { payload: frame.payloadText, violation: { code, description }, deviations: NO_DEVIATIONS };
};

const inbound = (
  frame: CallFrame | SendFrame,
  judged: Judged,
  { receivedAtMs, traceparent }: Arrival,
  arrivedAtMs: number,
  send: boolean,
  emptyAnswer: boolean,
): InboundCall => ({
  messageId: frame.messageId,
  action: frame.action,
  payload: judged.payload,
  payloadSeen: frame.payloadText,
  receivedAtMs,
  arrivedAtMs,
  send,
  emptyAnswer,
  violation: judged.violation,
  deviations: judged.deviations,
  traceparent,
  copies: 1,
  seq: 0,
});
