/** ReportDERControl (2.1 R): the inverter controls a station holds, in parts it does not count. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { reportPart } from '../../domain/report-parts.ts';
import type { Handler } from '../handler.ts';

/** Handler of ReportDERControl in 2.1. */
export const reportDERControl: Handler<RequestOf<'2.1', 'ReportDERControl'>, ResponseOf<'2.1', 'ReportDERControl'>> = {
  decide: (request, context) => {
    const lists = [
      request.curve,
      request.enterService,
      request.fixedPFAbsorb,
      request.fixedPFInject,
      request.fixedVar,
      request.freqDroop,
      request.gradient,
      request.limitMaxDischarge,
    ];
    const items = lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
    return reportPart({ requestId: request.requestId, tbc: request.tbc, items }, context);
  },
};
