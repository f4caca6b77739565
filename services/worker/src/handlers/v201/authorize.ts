/** Authorize (2.x C01): the verdict on an idToken, and on a contract certificate nobody here can check. */
import { authorizeContract, isAnonymous } from '../../domain/authorization.ts';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of Authorize in 2.0.1 and 2.1. */
export const authorize: Handler<Request2x<'Authorize'>, Response2x<'Authorize'>> = {
  needs: ({ idToken }) => ({ idTokens: isAnonymous(idToken) ? [] : [idToken.idToken] }),
  decide: (request, context) => answered(authorizeContract(request, context)),
};
