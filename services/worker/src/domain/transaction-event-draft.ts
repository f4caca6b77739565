/** How a TransactionEvent is written down: one event, named by the transaction and its number. */
import type { EventKind } from '@voltlane/wire';
import type { EventDraft } from '../handlers/handler.ts';
import type { EventData } from './event-draft.ts';
import { eventDraft } from './event-draft.ts';
import { energyRegisterWh, recordable } from './meter-values.ts';
import { energy, secondsBetween } from './stop-transaction-16.ts';
import type { Applied, TransactionEvent2x } from './transaction-event.ts';

const KINDS: Readonly<Record<TransactionEvent2x['eventType'], EventKind>> = {
  Started: 'transaction.started',
  Updated: 'transaction.updated',
  Ended: 'transaction.ended',
};

/** The event of one TransactionEvent. */
export function transactionEventDraft(event: TransactionEvent2x, applied: Applied): EventDraft {
  const { transaction, time } = applied;
  const name = `tx:${transaction.key}:${event.seqNo}`;
  return eventDraft(
    KINDS[event.eventType],
    time,
    {
      transactionKey: transaction.key,
      transactionId: transaction.id,
      seqNo: event.seqNo,
      triggerReason: event.triggerReason,
      evseId: known(transaction.evseId),
      connectorId: known(transaction.connectorId),
      idToken: event.idToken?.idToken ?? (transaction.idToken === '' ? undefined : transaction.idToken),
      idTokenType: event.idToken?.type,
      authorization: applied.authorization,
      offline: flag(event.offline),
      late: flag(applied.late),
      implicit: flag(applied.implicit),
      afterEnd: flag(applied.afterEnd),
      complete: applied.complete,
      ...circumstances(event),
      ...(event.eventType === 'Ended' ? end(event, applied) : { meterStartWh: transaction.meterStartWh }),
      ...recordable(applied.readings),
    },
    applied.numberTaken ? `${name}:${event.eventType}` : name,
  );
}

function circumstances(event: TransactionEvent2x): EventData {
  const info = event.transactionInfo;
  return {
    chargingState: info.chargingState,
    timeSpentChargingS: info.timeSpentCharging,
    remoteStartId: info.remoteStartId,
    // 0 is what chargers send that have none.
    reservationId: Number(event.reservationId ?? 0) === 0 ? undefined : event.reservationId,
    numberOfPhasesUsed: event.numberOfPhasesUsed,
    cableMaxCurrentA: event.cableMaxCurrent,
    operationMode: info.operationMode,
    tariffId: info.tariffId,
    transactionLimit: info.transactionLimit,
    preconditioningStatus: event.preconditioningStatus,
    evseSleep: event.evseSleep,
  };
}

function end(event: TransactionEvent2x, applied: Applied): EventData {
  const { transaction, readings, time } = applied;
  const meterStopWh = energyRegisterWh(readings, 'last', 'Transaction.End') ?? energyRegisterWh(readings, 'last');
  // What began with its end has no beginning to count from.
  const startedAt =
    transaction.startedAt === '' || applied.implicit || applied.afterEnd ? undefined : transaction.startedAt;
  return {
    matched: !applied.implicit,
    startedAt,
    durationS: startedAt === undefined ? undefined : secondsBetween(startedAt, time),
    meterStartWh: transaction.meterStartWh,
    meterStopWh,
    ...energy(transaction.meterStartWh, meterStopWh),
    // Left out means Local (2.x TransactionType.stoppedReason).
    reason: event.transactionInfo.stoppedReason ?? 'Local',
  };
}

/** 0 stands for "not said" in the state. */
function known(id: number): number | undefined {
  return id === 0 ? undefined : id;
}

function flag(value: boolean | undefined): true | undefined {
  return value === true ? true : undefined;
}
