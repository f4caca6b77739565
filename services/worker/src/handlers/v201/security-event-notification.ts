/** SecurityEventNotification (2.x A04). */
import { noted, securityEvent } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of SecurityEventNotification in 2.0.1 and 2.1. */
export const securityEventNotification: Handler<
  Request2x<'SecurityEventNotification'>,
  Response2x<'SecurityEventNotification'>
> = {
  decide: (request, context) => noted(securityEvent(request, context)),
};
