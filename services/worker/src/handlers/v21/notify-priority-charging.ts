/** NotifyPriorityCharging (2.1 K): a driver switched priority charging. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, received } from '../../domain/status-events.ts';
import { transactionKey2x } from '../../domain/transaction-key.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyPriorityCharging in 2.1. */
export const notifyPriorityCharging: Handler<
  RequestOf<'2.1', 'NotifyPriorityCharging'>,
  ResponseOf<'2.1', 'NotifyPriorityCharging'>
> = {
  decide: ({ transactionId, activated }, context) => {
    const transactionKey = transactionKey2x(context, transactionId);
    return noted(received('charging.priority', { transactionKey, transactionId, activated }, context));
  },
};
