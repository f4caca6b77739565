/** Heartbeat (1.6 §4.6): our clock. Not recorded. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';

/** Handler of Heartbeat in 1.6. */
export const heartbeat: Handler<RequestOf<'1.6', 'Heartbeat'>, ResponseOf<'1.6', 'Heartbeat'>> = {
  decide: (_request, context) => answered({ currentTime: isoTime(context.nowMs) }),
};
