/** NotifyCustomerInformation (2.x N09): what the station keeps of a customer. The text stays in the source. */
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyCustomerInformation in 2.0.1 and 2.1. */
export const notifyCustomerInformation: Handler<
  Request2x<'NotifyCustomerInformation'>,
  Response2x<'NotifyCustomerInformation'>
> = {
  decide: ({ requestId, seqNo, tbc, generatedAt }, context) =>
    reportPart({ requestId, seqNo, tbc, generatedAt, items: undefined }, context),
};
