/** 1.6 LogStatusNotification (security whitepaper): how the upload asked for by GetLog goes. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { logProgress } from '../../domain/progress-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of LogStatusNotification in 1.6. */
export const logStatusNotification: Handler<
  RequestOf<'1.6', 'LogStatusNotification'>,
  ResponseOf<'1.6', 'LogStatusNotification'>
> = {
  decide: (request, context) => logProgress(request, 'log', context),
};
