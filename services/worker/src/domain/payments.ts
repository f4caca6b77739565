/** Settlements of payment terminals (2.1): money, so the content names the event and a resend is recognised. */
import type { DecisionContext, EventDraft } from '../handlers/handler.ts';
import { contentId } from './content-id.ts';
import { eventDraft } from './event-draft.ts';
import { reportedTime } from './timestamps.ts';
import { transactionKey2x } from './transaction-key.ts';

/** What NotifySettlement says; the address of the company stays in the source. */
export interface Settlement {
  readonly pspRef: string;
  readonly status: string;
  readonly settlementAmount: number;
  readonly settlementTime: string;
  readonly transactionId?: string;
  readonly statusInfo?: string;
  readonly receiptId?: string;
  readonly receiptUrl?: string;
  readonly vatNumber?: string;
}

/** The event of one settlement. */
export function settlement(report: Settlement, context: DecisionContext): EventDraft {
  const { transactionId, pspRef, status, settlementAmount, settlementTime } = report;
  const id = `pay:${contentId(context.tenant, context.chargerId.toLowerCase(), pspRef, status, settlementAmount, settlementTime, transactionId)}`;
  const data = {
    transactionId,
    transactionKey: transactionId === undefined ? undefined : transactionKey2x(context, transactionId),
    pspRef,
    status,
    statusInfo: report.statusInfo,
    settlementAmount,
    receiptId: report.receiptId,
    receiptUrl: report.receiptUrl,
    vatNumber: report.vatNumber,
  };
  return eventDraft('settlement.notified', reportedTime(settlementTime, context.nowMs), data, id);
}
