/**
 * TransactionEvent of 2.0.1 and 2.1. The station names its transactions and counts their messages.
 *
 * 1. (transactionId, seqNo) is applied once. A number may arrive late or out of order; it is recorded when it arrives, and
 *    marked `late`, so that a live view can ignore it.
 * 2. An event of a transaction nobody saw start opens it (`implicit`); one that ended is never reopened (`afterEnd`).
 * 3. Every message is recorded before it is answered, refused tokens included.
 */

import type { ChargerState, EndedTransaction, OpenTransaction, SeqRange } from '@voltlane/charger-state';
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import type { IdToken, IdTokenInfo } from './authorization.ts';
import { authorizeTransaction2x, isAnonymous } from './authorization.ts';
import { bounded, boundedName } from './bounded-text.ts';
import type { MeterValue, Reading } from './meter-values.ts';
import { energyRegisterWh, readingsOf } from './meter-values.ts';
import { coversAll, hasSeen, highestSeen, withSeen } from './seq-ranges.ts';
import type { ReportedTime } from './timestamps.ts';
import { reportedTime } from './timestamps.ts';
import { transactionEventDraft } from './transaction-event-draft.ts';
import { transactionKey2x } from './transaction-key.ts';
import { withChanged, withEnded, withOpened } from './transaction-lists.ts';

/** What TransactionEvent says, as far as both versions say it; the fields of 2.1 are optional. */
export interface TransactionEvent2x {
  readonly eventType: 'Started' | 'Updated' | 'Ended';
  readonly timestamp: string;
  readonly triggerReason: string;
  readonly seqNo: number;
  readonly offline?: boolean;
  readonly numberOfPhasesUsed?: number;
  readonly cableMaxCurrent?: number;
  readonly reservationId?: number;
  readonly preconditioningStatus?: string;
  readonly evseSleep?: boolean;
  readonly transactionInfo: {
    readonly transactionId: string;
    readonly chargingState?: string;
    readonly timeSpentCharging?: number;
    readonly stoppedReason?: string;
    readonly remoteStartId?: number;
    readonly operationMode?: string;
    readonly tariffId?: string;
    readonly transactionLimit?: object;
  };
  readonly evse?: { readonly id: number; readonly connectorId?: number };
  readonly idToken?: IdToken;
  readonly meterValue?: readonly MeterValue[];
}

/** Answer to TransactionEvent: the verdict, when there was a token. Costs and messages are for those who know tariffs. */
export interface TransactionEventAnswer {
  idTokenInfo?: IdTokenInfo;
}

/** What one event means for its transaction: input of the draft. */
export interface Applied {
  /** The transaction with everything this event told; for an ended one, what can still be said of it. */
  readonly transaction: OpenTransaction;
  readonly time: ReportedTime;
  readonly readings: readonly Reading[];
  readonly authorization: string | undefined;
  /** Opened by something else than its Started event. */
  readonly implicit: boolean;
  /** A higher number was seen before. */
  readonly late: boolean;
  readonly afterEnd: boolean;
  /** Whether every number from Started to Ended has been seen; undefined while it runs. */
  readonly complete: boolean | undefined;
  /** Set when the number was used before by an event of another type, and this one must not be lost. */
  readonly numberTaken: boolean;
}

/** Decides one TransactionEvent. */
export function transactionEvent(
  event: TransactionEvent2x,
  context: DecisionContext,
): Decision<TransactionEventAnswer> {
  const { state } = context;
  const payload: TransactionEventAnswer =
    event.idToken === undefined ? {} : { idTokenInfo: authorizeTransaction2x(event.idToken, context) };
  const answer = { kind: 'result', payload } as const;
  const id = boundedName(event.transactionInfo.transactionId);
  const seqNo = Number(event.seqNo);
  const open = state.open.find((one) => one.startFingerprint === undefined && one.id === id);
  const ended = state.ended.find((one) => isStations(one) && one.id === id);
  const before = open ?? ended;
  const numberSeen = before !== undefined && hasSeen(before.seen, seqNo);
  const numberTaken = numberSeen && isNews(event, open, ended);
  if (numberSeen && !numberTaken) {
    // The number of Started can only be repeated by Started; more than that the ranges do not tell.
    const conflict = before.startSeqNo === seqNo && event.eventType !== 'Started';
    return { answer, state, events: [], duplicate: true, conflict };
  }
  const time = reportedTime(event.timestamp, context.nowMs);
  const readings = readingsOf(event.meterValue, context.nowMs);
  const transaction = merged(open ?? fresh(id, ended, context), event, { time, readings, seqNo });
  const endSeqNo = ended?.endSeqNo ?? (event.eventType === 'Ended' ? seqNo : undefined);
  const applied: Applied = {
    transaction,
    time,
    readings,
    authorization: payload.idTokenInfo?.status,
    implicit: before === undefined && event.eventType !== 'Started',
    late: before !== undefined && seqNo < (highestSeen(before.seen) ?? seqNo),
    afterEnd: ended?.endSeqNo !== undefined,
    complete: endSeqNo === undefined ? undefined : isComplete(transaction, endSeqNo),
    numberTaken,
  };
  return {
    answer,
    state: nextState(state, { transaction, endSeqNo, wasOpen: open !== undefined, wasEnded: ended !== undefined }),
    events: [transactionEventDraft(event, applied)],
  };
}

/** 2.x entries have no fingerprints: the station's id and its numbers are enough. */
function isStations(ended: EndedTransaction): boolean {
  return ended.startFingerprint === undefined && ended.stopFingerprint === undefined;
}

/**
 * Whether an event under a number seen before cannot be a repetition: an open transaction has had no Ended, and one without
 * `startSeqNo` no Started. Stations that count wrongly must not lose those two.
 */
function isNews(
  event: TransactionEvent2x,
  open: OpenTransaction | undefined,
  ended: EndedTransaction | undefined,
): boolean {
  if (event.eventType === 'Started') return (open ?? ended)?.startSeqNo === undefined;
  return event.eventType === 'Ended' && (open !== undefined || ended?.endSeqNo === undefined);
}

function fresh(id: string, ended: EndedTransaction | undefined, context: DecisionContext): OpenTransaction {
  return {
    id,
    key: ended?.key ?? transactionKey2x(context, id),
    evseId: 0,
    connectorId: 0,
    idToken: '',
    startedAt: '',
    meterStartWh: undefined,
    startFingerprint: undefined,
    seen: ended?.seen ?? [],
    startSeqNo: ended?.startSeqNo,
  };
}

/** The transaction with what an event adds. What is known stays, except that Started knows best when it began. */
function merged(
  before: OpenTransaction,
  event: TransactionEvent2x,
  said: { readonly time: ReportedTime; readonly readings: readonly Reading[]; readonly seqNo: number },
): OpenTransaction {
  const isStart = event.eventType === 'Started';
  const { idToken, evse } = event;
  return {
    ...before,
    evseId: before.evseId === 0 ? Number(evse?.id ?? 0) : before.evseId,
    connectorId: before.connectorId === 0 ? Number(evse?.connectorId ?? 0) : before.connectorId,
    idToken:
      before.idToken === '' && idToken !== undefined && !isAnonymous(idToken)
        ? bounded(idToken.idToken)
        : before.idToken,
    startedAt: isStart || before.startedAt === '' ? said.time.iso : before.startedAt,
    meterStartWh:
      before.meterStartWh ??
      energyRegisterWh(said.readings, 'first', 'Transaction.Begin') ??
      (isStart ? energyRegisterWh(said.readings, 'first') : undefined),
    seen: Number.isSafeInteger(said.seqNo) ? withSeen(before.seen, said.seqNo) : before.seen,
    startSeqNo: isStart ? (before.startSeqNo ?? said.seqNo) : before.startSeqNo,
  };
}

function isComplete(
  transaction: { readonly seen: readonly SeqRange[]; readonly startSeqNo?: number | undefined },
  endSeqNo: number,
): boolean {
  return transaction.startSeqNo !== undefined && coversAll(transaction.seen, transaction.startSeqNo, endSeqNo);
}

function nextState(
  state: ChargerState,
  now: {
    readonly transaction: OpenTransaction;
    readonly endSeqNo: number | undefined;
    readonly wasOpen: boolean;
    readonly wasEnded: boolean;
  },
): ChargerState {
  const { transaction, endSeqNo } = now;
  if (endSeqNo !== undefined || now.wasEnded) {
    const { id, key, seen, startSeqNo } = transaction;
    return withEnded(state, {
      id,
      key,
      startFingerprint: undefined,
      stopFingerprint: undefined,
      seen,
      startSeqNo,
      endSeqNo,
    });
  }
  return now.wasOpen ? withChanged(state, transaction) : withOpened(state, transaction);
}
