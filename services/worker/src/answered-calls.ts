/**
 * Recognises a call that was answered before in the same session, so that a resend gets the same answer and has no second
 * effect. Two things resend: an edge that saw no reply (same session and seq) and a charger that saw no answer (same session,
 * message id, action and payload). An id alone proves nothing: stacks restart their ids, some use one id for everything.
 *
 * The list lives in the charger's state, so it moves with the actor; it is short because one call is outstanding at a time.
 */

import type { AnsweredCall } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';
import type { UplinkCall } from '@voltlane/wire';
import { fingerprint } from '@voltlane/wire';
import type { ChargerActor } from './charger-actor.ts';

/** Actions that may simply be answered again: they change nothing, and an old answer (a time) would be wrong. */
const ANSWER_ANEW: ReadonlySet<string> = new Set(['Heartbeat', 'Authorize']);

/** Fingerprint of what a call says, whatever its id. */
export function callFingerprint(call: UplinkCall): number {
  return fingerprint(`${call.action} ${call.payload}`);
}

/** The answer the charger has got to this call already, if it is a resend. */
export function answeredBefore(
  actor: Pick<ChargerActor, 'state' | 'recent' | 'mayHaveAnswered'>,
  call: UplinkCall,
): AnsweredCall | undefined {
  if (!actor.mayHaveAnswered(call.messageId)) return undefined;
  return findAnswered(actor.state.answered, call) ?? findAnswered(actor.recent, call);
}

/** The earlier answer to this call, if it is a resend. */
export function findAnswered(answered: readonly AnsweredCall[], call: UplinkCall): AnsweredCall | undefined {
  for (const entry of answered) {
    if (entry.session !== call.sessionId) continue;
    if (entry.seq === call.seq) return entry;
    if (entry.messageId !== call.messageId || ANSWER_ANEW.has(call.action)) continue;
    if (entry.fingerprint === callFingerprint(call)) return entry;
  }
  return undefined;
}

/**
 * The list with this answer in front. An entry with the same message id goes: a charger that reuses an id for something else
 * must not have the older content taken for a resend later.
 */
export function rememberAnswered(answered: readonly AnsweredCall[], entry: AnsweredCall): readonly AnsweredCall[] {
  const rest = answered.filter((other) => other.session !== entry.session || other.messageId !== entry.messageId);
  return [entry, ...rest].slice(0, STATE_LIMITS.answeredMax);
}
