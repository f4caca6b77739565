/** DataTransfer: the answer depends on whether the policy knows the vendor and the message (OCPP 1.6 §4.3, 2.x P02). */
import type { DecisionContext, EventDraft } from '../handlers/handler.ts';
import type { DataTransferVendors } from './policy.ts';
import { received } from './status-events.ts';

/** Plug & charge of 1.6 travels in DataTransfer under this vendor; without a CA we do not speak it and say so. */
export const PLUG_AND_CHARGE_VENDOR = 'org.openchargealliance.iso15118pnc';

/** What DataTransfer says; its data stays in the source of the event. */
export interface Transfer {
  readonly vendorId: string;
  readonly messageId?: string | undefined;
}

/** Answer to DataTransfer, equal in all versions. */
export interface TransferAnswer {
  status: 'Accepted' | 'UnknownMessageId' | 'UnknownVendorId';
}

/** Status and event of one DataTransfer. */
export function transfer(request: Transfer, context: DecisionContext): { answer: TransferAnswer; event: EventDraft } {
  const status = statusOf(request, context.policy.dataTransferVendors);
  const plugAndCharge = request.vendorId.toLowerCase() === PLUG_AND_CHARGE_VENDOR ? true : undefined;
  const data = { vendorId: request.vendorId, messageId: request.messageId, status, plugAndCharge };
  return { answer: { status }, event: received('data.transfer', data, context) };
}

function statusOf(request: Transfer, vendors: DataTransferVendors): TransferAnswer['status'] {
  const vendor = request.vendorId.toLowerCase();
  const messages = Object.hasOwn(vendors, vendor) ? vendors[vendor] : undefined;
  if (messages === undefined) return 'UnknownVendorId';
  if (messages.length === 0 || (request.messageId !== undefined && messages.includes(request.messageId)))
    return 'Accepted';
  return 'UnknownMessageId';
}
