/** NotifyChargingLimit (2.x K12): something outside of us limits the charging. */
import { chargingLimitChanged } from '../../domain/charging-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyChargingLimit in 2.0.1 and 2.1. */
export const notifyChargingLimit: Handler<Request2x<'NotifyChargingLimit'>, Response2x<'NotifyChargingLimit'>> = {
  decide: (request, context) => chargingLimitChanged(request, context),
};
