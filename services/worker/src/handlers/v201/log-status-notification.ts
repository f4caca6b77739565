/** LogStatusNotification (2.x N01): how an upload goes. */
import { logProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of LogStatusNotification in 2.0.1 and 2.1. */
export const logStatusNotification: Handler<Request2x<'LogStatusNotification'>, Response2x<'LogStatusNotification'>> = {
  decide: (request, context) => logProgress(request, 'log', context),
};
