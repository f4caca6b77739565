/**
 * StartTransaction of 1.6. We give the id, so the same start under any message id must get the same one.
 *
 * 1. Always answered with an id and a verdict; a refused token does not prevent the transaction (1.6 §4.8).
 * 2. The same content is the same start: open on this charger, or recently ended.
 * 3. A start while another transaction runs on the connector closes nothing: both are kept, the new one says what it overlaps.
 */

import type { ChargerState, OpenTransaction } from '@voltlane/charger-state';
import type { Decision, DecisionContext, EventDraft } from '../handlers/handler.ts';
import type { IdTagInfo } from './authorization.ts';
import { authorize16, tokenKey } from './authorization.ts';
import { bounded } from './bounded-text.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import type { ReportedTime } from './timestamps.ts';
import { reportedTime } from './timestamps.ts';
import { transactionKey16 } from './transaction-key.ts';
import { withOpened } from './transaction-lists.ts';

/** What StartTransaction says. */
export interface TransactionStart16 {
  readonly connectorId: number;
  readonly idTag: string;
  readonly meterStart: number;
  readonly timestamp: string;
  readonly reservationId?: number;
}

/** Answer to StartTransaction. */
export interface TransactionStartAnswer16 {
  transactionId: number;
  idTagInfo: IdTagInfo;
}

/** Decides one StartTransaction. */
export function startTransaction16(
  start: TransactionStart16,
  context: DecisionContext,
): Decision<TransactionStartAnswer16> {
  const { state } = context;
  const idTagInfo = authorize16(start.idTag, context);
  const time = reportedTime(start.timestamp, context.nowMs);
  const fingerprint = contentId(start.connectorId, tokenKey(start.idTag), start.timestamp, start.meterStart);
  const known = knownStart(state, fingerprint, time);
  if (known !== undefined) {
    return {
      answer: { kind: 'result', payload: { transactionId: Number(known), idTagInfo } },
      state,
      events: [],
      duplicate: true,
    };
  }
  const count = state.transactionCount + 1;
  const transactionId = context.transactionIdFor(count);
  const id = String(transactionId);
  const transaction: OpenTransaction = {
    id,
    key: transactionKey16(context, id, count),
    evseId: 0,
    connectorId: Number(start.connectorId),
    idToken: bounded(start.idTag),
    startedAt: time.iso,
    meterStartWh: Number(start.meterStart),
    startFingerprint: fingerprint,
    seen: [],
  };
  return {
    answer: { kind: 'result', payload: { transactionId, idTagInfo } },
    state: { ...withOpened(state, transaction), transactionCount: count },
    events: [
      started(transaction, time, {
        start,
        status: idTagInfo.status,
        overlaps: runningOn(state, transaction.connectorId),
      }),
    ],
  };
}

/** Id of the transaction this content already started. */
function knownStart(state: ChargerState, fingerprint: string, time: ReportedTime): string | undefined {
  const open = state.open.find((one) => one.startFingerprint === fingerprint);
  if (open !== undefined) return open.id;
  // A clock that was never set repeats its times after every power-on: equal content then proves nothing about an ended one.
  if (time.reportedAt !== undefined) return undefined;
  return state.ended.find((one) => one.startFingerprint === fingerprint)?.id;
}

function runningOn(state: ChargerState, connectorId: number): readonly string[] | undefined {
  const running = state.open.filter((one) => one.startFingerprint !== undefined && one.connectorId === connectorId);
  return running.length === 0 ? undefined : running.map((one) => one.key);
}

function started(
  transaction: OpenTransaction,
  time: ReportedTime,
  said: {
    readonly start: TransactionStart16;
    readonly status: string;
    readonly overlaps: readonly string[] | undefined;
  },
): EventDraft {
  const { reservationId } = said.start;
  return eventDraft(
    'transaction.started',
    time,
    {
      transactionKey: transaction.key,
      transactionId: transaction.id,
      connectorId: transaction.connectorId,
      idToken: transaction.idToken,
      authorization: said.status,
      meterStartWh: transaction.meterStartWh,
      // 0 is what chargers send that have none (Growatt).
      reservationId: reservationId === undefined || Number(reservationId) === 0 ? undefined : Number(reservationId),
      overlaps: said.overlaps,
    },
    `tx:${transaction.key}:start`,
  );
}
