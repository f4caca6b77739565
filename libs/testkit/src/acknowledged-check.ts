/**
 * Holds the journal against single messages that chargers sent and saw answered, outside of sessions. Returns what is wrong, as
 * sentences.
 *
 * Promises checked: each answered message is in the journal, once, in the order of the answers.
 */

import type { HistoryRecord } from './journal-history.ts';

/** A message that was answered. */
export interface AcknowledgedMessage {
  readonly action: string;
  readonly messageId: string;
}

/** What is wrong between journal and answers; `acknowledged` lists the messages of each charger in the order they were answered. */
export function checkAcknowledged(
  history: readonly HistoryRecord[],
  acknowledged: ReadonlyMap<string, readonly AcknowledgedMessage[]>,
): readonly string[] {
  const problems: string[] = [];
  const places = new Map<string, Map<string, number>>();
  for (const { sequence, record } of history) {
    const messageId = record.source?.messageId;
    if (messageId === undefined || !acknowledged.has(record.charger)) continue;
    const own = places.get(record.charger) ?? new Map<string, number>();
    places.set(record.charger, own);
    if (own.has(messageId)) problems.push(`${record.charger}: message ${messageId} is in the journal twice`);
    own.set(messageId, sequence);
  }
  for (const [charger, messages] of acknowledged) {
    let before = 0;
    for (const { action, messageId } of messages) {
      const place = places.get(charger)?.get(messageId);
      if (place === undefined)
        problems.push(`${charger}: ${action} ${messageId} was answered but is not in the journal`);
      else if (place < before) problems.push(`${charger}: ${action} ${messageId} is out of order`);
      before = place ?? before;
    }
  }
  return problems;
}
