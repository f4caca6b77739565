/** NotifyDisplayMessages (2.x O03). */
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyDisplayMessages in 2.0.1 and 2.1. */
export const notifyDisplayMessages: Handler<Request2x<'NotifyDisplayMessages'>, Response2x<'NotifyDisplayMessages'>> = {
  decide: ({ requestId, tbc, messageInfo }, context) =>
    reportPart({ requestId, tbc, items: messageInfo?.length ?? 0 }, context),
};
