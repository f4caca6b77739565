/** 1.6 StartTransaction (§4.8). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { startTransaction16 } from '../../domain/start-transaction-16.ts';
import type { Handler } from '../handler.ts';

/** Handler of StartTransaction in 1.6. */
export const startTransaction: Handler<RequestOf<'1.6', 'StartTransaction'>, ResponseOf<'1.6', 'StartTransaction'>> = {
  needs: (request) => ({ idTokens: [request.idTag] }),
  decide: (request, context) => startTransaction16(request, context),
};
