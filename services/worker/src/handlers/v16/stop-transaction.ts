/** 1.6 StopTransaction (§4.10). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { stopTransaction16 } from '../../domain/stop-transaction-16.ts';
import type { Handler } from '../handler.ts';

/** Handler of StopTransaction in 1.6. */
export const stopTransaction: Handler<RequestOf<'1.6', 'StopTransaction'>, ResponseOf<'1.6', 'StopTransaction'>> = {
  needs: (request) => ({ idTokens: request.idTag === undefined ? [] : [request.idTag] }),
  decide: (request, context) => stopTransaction16(request, context),
};
