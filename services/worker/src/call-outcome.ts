/** What a decided call says to its edge, and what is remembered of it. Pure. */
import type { AnsweredCall } from '@voltlane/charger-state';
import { errorCode, stringifyJson } from '@voltlane/ocpp';
import type { DownlinkReply, UplinkCall } from '@voltlane/wire';
import { callFingerprint } from './answered-calls.ts';
import type { Decision } from './handlers/handler.ts';

/** Longest answer kept in the durable state, characters; a handler may give a longer one, which is kept in memory only. */
const KEPT_ANSWER_CHARS_MAX = 4_096;

/** Whether an answer is short enough for the durable state. */
export function isShort(outcome: DownlinkReply['outcome']): boolean {
  return outcome.kind !== 'result' || outcome.payload.length <= KEPT_ANSWER_CHARS_MAX;
}

/** The answer of a decision as it goes to the edge. */
export function replyOutcome(decision: Decision<unknown>): DownlinkReply['outcome'] {
  const { answer } = decision;
  switch (answer.kind) {
    case 'result':
      return { kind: 'result', payload: stringifyJson(answer.payload) };
    case 'error':
      return answer;
    case 'none':
      return { kind: 'noted' };
    default:
      return answer satisfies never;
  }
}

/** The memory of a call that was answered. */
export function answeredCall(call: UplinkCall, answer: DownlinkReply['outcome']): AnsweredCall {
  const { sessionId, seq, messageId } = call;
  return { session: sessionId, seq, messageId, fingerprint: callFingerprint(call), answer };
}

/** The CALLERROR of a message that could not be handled: an answer, so that the charger need not wait for its timeout. */
export function internalError(call: UplinkCall): DownlinkReply['outcome'] {
  return { kind: 'error', code: errorCode(call.version, 'InternalError'), description: 'the central system failed' };
}
