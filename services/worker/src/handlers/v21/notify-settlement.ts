/** NotifySettlement (2.1 C): a payment terminal settled. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { settlement } from '../../domain/payments.ts';
import { noted } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifySettlement in 2.1. */
export const notifySettlement: Handler<RequestOf<'2.1', 'NotifySettlement'>, ResponseOf<'2.1', 'NotifySettlement'>> = {
  decide: (request, context) => noted(settlement(request, context)),
};
