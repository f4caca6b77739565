/**
 * MeterValues as telemetry: recorded before it is answered, changes no state, named by its content so that a resend is the
 * same event. A message without a single sample says nothing and is only answered.
 */

import type { EndedTransaction, OpenTransaction } from '@voltlane/charger-state';
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import { namedDraft } from './event-draft.ts';
import type { MeterValue } from './meter-values.ts';
import { readingsOf, recordable, soleTransactionOn } from './meter-values.ts';
import { isPlaceholder } from './stop-transaction-16.ts';

/** A MeterValues message in the words of no version. */
export interface MeterMessage {
  /** 2.x. */
  readonly evseId?: number;
  /** 1.6. */
  readonly connectorId?: number;
  /** 1.6; 2.x sends the values of a transaction in TransactionEvent. */
  readonly transactionId?: number | undefined;
  readonly meterValue: readonly MeterValue[];
}

/** Decides one MeterValues. */
export function meterMessage(message: MeterMessage, context: DecisionContext): Decision<Record<string, never>> {
  const base = { answer: { kind: 'result', payload: {} }, events: [] } as const;
  const readings = readingsOf(message.meterValue, context.nowMs);
  const [first] = readings;
  if (first === undefined) return base;
  const data = {
    evseId: message.evseId === undefined ? undefined : Number(message.evseId),
    connectorId: message.connectorId === undefined ? undefined : Number(message.connectorId),
    ...transactionOf(message, context),
    ...recordable(readings),
  };
  const id = `mv:${contentId(context.tenant, context.chargerId.toLowerCase(), context.payloadText)}`;
  return { ...base, meter: namedDraft('meter.values', { iso: first.at, reportedAt: first.reportedAt }, data, id) };
}

/** What the values belong to: by id where the charger gave a usable one, else the only transaction on that connector. */
function transactionOf(message: MeterMessage, context: DecisionContext): Readonly<Record<string, unknown>> {
  if (message.connectorId === undefined) return {};
  const given =
    message.transactionId === undefined || message.transactionId === null ? undefined : String(message.transactionId);
  if (given !== undefined && !isPlaceholder(given)) {
    // Nearly always the one that is open; who has ended is a matter of the whole state.
    const key = startedKey(context.open, given) ?? startedKey(context.state.ended, given);
    return { transactionId: given, transactionKey: key };
  }
  const sole = soleTransactionOn(context.open, Number(message.connectorId));
  if (sole === undefined) return { transactionId: given };
  return { transactionId: sole.id, transactionKey: sole.key, matchedBy: 'connector', reportedTransactionId: given };
}

/** The key of the transaction with this id, if its start is known. */
function startedKey(transactions: readonly (OpenTransaction | EndedTransaction)[], id: string): string | undefined {
  return transactions.find((one) => one.startFingerprint !== undefined && one.id === id)?.key;
}
