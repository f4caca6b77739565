/** 1.6 SecurityEventNotification (security whitepaper). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { noted, securityEvent } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of SecurityEventNotification in 1.6. */
export const securityEventNotification: Handler<
  RequestOf<'1.6', 'SecurityEventNotification'>,
  ResponseOf<'1.6', 'SecurityEventNotification'>
> = {
  decide: (request, context) => noted(securityEvent(request, context)),
};
