/** NotifyReport (2.x B07): the device model of a station, in parts. */
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyReport in 2.0.1 and 2.1. */
export const notifyReport: Handler<Request2x<'NotifyReport'>, Response2x<'NotifyReport'>> = {
  decide: ({ requestId, seqNo, tbc, generatedAt, reportData }, context) =>
    reportPart({ requestId, seqNo, tbc, generatedAt, items: reportData?.length ?? 0 }, context),
};
