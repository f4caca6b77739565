/** TransactionEvent (2.x E). */
import { isAnonymous } from '../../domain/authorization.ts';
import { transactionEvent as decideTransactionEvent } from '../../domain/transaction-event.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of TransactionEvent in 2.0.1 and 2.1. */
export const transactionEvent: Handler<Request2x<'TransactionEvent'>, Response2x<'TransactionEvent'>> = {
  needs: ({ idToken }) => ({ idTokens: idToken === undefined || isAnonymous(idToken) ? [] : [idToken.idToken] }),
  decide: (request, context) => decideTransactionEvent(request, context),
};
