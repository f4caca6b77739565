/**
 * What can be told from a state header without reading it back, which most calls of a charger need no more than: reading took a fifth of a
 * worker's time with 10,000 Heartbeats a second (docs/decisions/0016-resting-state.md).
 */
import { decodeStateElement, isCurrentStateHeader, printableText } from '@voltlane/wire';
import type { ChargerState, OpenTransaction } from './charger-state.ts';
import { openLayout, PLACE } from './state-layout.ts';

/**
 * The place in the header of the id of the session a charger at ease is connected by: it was accepted, and no command is open. 0 for every
 * other state. A place instead of the id, because a hundred thousand actors keep it.
 */
export function easePlace(state: ChargerState, header: string): number {
  const { registration, session, commands } = state;
  if (registration !== 'Accepted' || session === undefined) return 0;
  if (commands.sent !== undefined || commands.queue.length > 0) return 0;
  return Math.max(0, header.indexOf(printableText(session.id)));
}

/** Whether this session's id stands at the place that `easePlace` gave. */
export function isNamedAt(header: string, place: number, sessionId: string): boolean {
  return place > 0 && header.startsWith(printableText(sessionId), place);
}

/** False when no answered call of the state has this message id. */
export function mayHoldAnswerTo(header: string, messageId: string): boolean {
  return !isCurrentStateHeader(header) || header.includes(printableText(messageId));
}

/**
 * The open transactions of the state, which is all that meter values ask of it; undefined where the header is of an older version. WireError
 * `malformed`.
 */
export function openTransactionsIn(header: string): readonly OpenTransaction[] | undefined {
  if (!isCurrentStateHeader(header)) return undefined;
  return openLayout.read(decodeStateElement(header, PLACE.open));
}
