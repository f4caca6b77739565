/** NotifyEvent (2.x N07): what the monitors saw. */
import { deviceEvents } from '../../domain/device-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyEvent in 2.0.1 and 2.1. */
export const notifyEvent: Handler<Request2x<'NotifyEvent'>, Response2x<'NotifyEvent'>> = {
  decide: (request, context) => deviceEvents(request, context),
};
