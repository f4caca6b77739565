/** NotifyMonitoringReport (2.x N02): the monitors of a station. */
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyMonitoringReport in 2.0.1 and 2.1. */
export const notifyMonitoringReport: Handler<
  Request2x<'NotifyMonitoringReport'>,
  Response2x<'NotifyMonitoringReport'>
> = {
  decide: ({ requestId, seqNo, tbc, generatedAt, monitor }, context) =>
    reportPart({ requestId, seqNo, tbc, generatedAt, items: monitor?.length ?? 0 }, context),
};
