/**
 * StopTransaction of 1.6. It names its transaction by the id we gave, and by nothing when the charger never learned that id.
 *
 * 1. Always answered and always recorded: refusing it only makes the charger repeat it and then lose it (1.6 §4.10).
 * 2. Content decides what is the same stop; for a transaction we started, its id does.
 * 3. −1 and 0 are attached by token, time and register when exactly one open transaction fits. Otherwise, and for ids we never
 *    gave, the end is recorded as unmatched. Nothing is guessed onto a transaction.
 */

import type { ChargerState, EndedTransaction, OpenTransaction } from '@voltlane/charger-state';
import { parseIsoTime } from '@voltlane/time';
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import type { IdTagInfo } from './authorization.ts';
import { authorize16, tokenKey } from './authorization.ts';
import { boundedName } from './bounded-text.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import type { ReportedTime } from './timestamps.ts';
import { reportedTime } from './timestamps.ts';
import { unmatchedKey16 } from './transaction-key.ts';
import { withEnded } from './transaction-lists.ts';

/** What StopTransaction says. */
export interface TransactionStop16 {
  readonly transactionId: number;
  readonly meterStop: number;
  readonly timestamp: string;
  readonly idTag?: string;
  readonly reason?: string;
}

/** Answer to StopTransaction. */
export interface TransactionStopAnswer16 {
  idTagInfo?: IdTagInfo;
}

/** Decides one StopTransaction. */
export function stopTransaction16(
  stop: TransactionStop16,
  context: DecisionContext,
): Decision<TransactionStopAnswer16> {
  const { state } = context;
  const payload: TransactionStopAnswer16 =
    stop.idTag === undefined ? {} : { idTagInfo: authorize16(stop.idTag, context) };
  const answer = { kind: 'result', payload } as const;
  const fingerprint = stopFingerprintOf(stop);
  const id = boundedName(String(stop.transactionId));
  const before = endedBefore(state, id, fingerprint);
  if (before !== undefined && before.stopFingerprint !== undefined) {
    return { answer, state, events: [], duplicate: true, conflict: before.stopFingerprint !== fingerprint };
  }
  const time = reportedTime(stop.timestamp, context.nowMs);
  const running = isPlaceholder(id)
    ? onlyFitting(state, stop, time)
    : state.open.find((one) => isOurs(one) && one.id === id);
  const ended: EndedTransaction = {
    id: running?.id ?? id,
    key: running?.key ?? before?.key ?? unmatchedKey16(context, fingerprint),
    startFingerprint: running?.startFingerprint ?? before?.startFingerprint,
    stopFingerprint: fingerprint,
    seen: [],
  };
  const event = eventDraft(
    'transaction.ended',
    time,
    {
      transactionKey: ended.key,
      transactionId: ended.id,
      matched: running !== undefined || before !== undefined,
      // How the charger called it, where that is not its id.
      reportedTransactionId: ended.id === id ? undefined : id,
      connectorId: running?.connectorId,
      idToken: stop.idTag ?? running?.idToken,
      startedAt: running?.startedAt,
      durationS: running === undefined ? undefined : secondsBetween(running.startedAt, time),
      meterStartWh: running?.meterStartWh,
      meterStopWh: Number(stop.meterStop),
      ...energy(running?.meterStartWh, Number(stop.meterStop)),
      // Left out means Local (1.6 StopTransaction.req).
      reason: stop.reason ?? 'Local',
      authorization: payload.idTagInfo?.status,
    },
    `tx:${ended.key}:stop`,
  );
  return { answer, state: withEnded(state, ended), events: [event] };
}

/** Energy between two registers; a register that went back is flagged, never a negative energy. */
export function energy(
  startWh: number | undefined,
  stopWh: number | undefined,
): { energyWh?: number; meterWentBack?: true } {
  if (startWh === undefined || stopWh === undefined) return {};
  // Registers in kWh have three decimals at most; binary subtraction adds noise beyond them.
  return stopWh < startWh ? { meterWentBack: true } : { energyWh: Math.round((stopWh - startWh) * 1000) / 1000 };
}

/** Whole seconds from an ISO time to another; undefined when the clock went back. */
export function secondsBetween(startedAt: string, ended: ReportedTime): number | undefined {
  const startMs = parseIsoTime(startedAt);
  return startMs === undefined || startMs > ended.ms ? undefined : Math.round((ended.ms - startMs) / 1000);
}

/** Ids chargers send when they never got one (1.6 errata 3.18; −1, and 0 in the field). */
export function isPlaceholder(id: string): boolean {
  return id === '-1' || id === '0';
}

function stopFingerprintOf(stop: TransactionStop16): string {
  const token = stop.idTag === undefined ? undefined : tokenKey(stop.idTag);
  return contentId(stop.transactionId, token, stop.timestamp, stop.meterStop);
}

/**
 * An ended transaction this stop is about. One we started is known by its id; an unmatched one only by the whole content,
 * because chargers in free mode send one made-up id for all of theirs.
 */
function endedBefore(state: ChargerState, id: string, fingerprint: string): EndedTransaction | undefined {
  return state.ended.find(
    (one) => one.stopFingerprint === fingerprint || (one.startFingerprint !== undefined && one.id === id),
  );
}

/** 1.6 transactions carry the fingerprint of their start; 2.x ones do not. */
function isOurs(transaction: OpenTransaction): boolean {
  return transaction.startFingerprint !== undefined;
}

/** The one open transaction with this token that began before and below the stop; without a token nobody can tell. */
function onlyFitting(state: ChargerState, stop: TransactionStop16, time: ReportedTime): OpenTransaction | undefined {
  const { idTag } = stop;
  if (idTag === undefined || time.reportedAt !== undefined) return undefined;
  const fitting = state.open.filter((one) => {
    if (!isOurs(one) || tokenKey(one.idToken) !== tokenKey(idTag)) return false;
    const startMs = parseIsoTime(one.startedAt);
    return startMs !== undefined && startMs <= time.ms && (one.meterStartWh ?? 0) <= Number(stop.meterStop);
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}
