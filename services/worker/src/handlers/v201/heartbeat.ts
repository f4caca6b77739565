/** Heartbeat (2.x G02): our clock. Not recorded. */
import { isoTime } from '@voltlane/time';
import { answered } from '../../domain/status-events.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of Heartbeat in 2.0.1 and 2.1. */
export const heartbeat: Handler<Request2x<'Heartbeat'>, Response2x<'Heartbeat'>> = {
  decide: (_request, context) => answered({ currentTime: isoTime(context.nowMs) }),
};
