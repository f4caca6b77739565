/** 1.6 Authorize (§4.1): the verdict on an idTag. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { authorize16 } from '../../domain/authorization.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of Authorize in 1.6. */
export const authorize: Handler<RequestOf<'1.6', 'Authorize'>, ResponseOf<'1.6', 'Authorize'>> = {
  needs: (request) => ({ idTokens: [request.idTag] }),
  decide: (request, context) => answered({ idTagInfo: authorize16(request.idTag, context) }),
};
