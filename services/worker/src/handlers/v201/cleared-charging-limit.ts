/** ClearedChargingLimit (2.x K13): an outside limit is gone. */
import { chargingLimitCleared } from '../../domain/charging-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of ClearedChargingLimit in 2.0.1 and 2.1. */
export const clearedChargingLimit: Handler<Request2x<'ClearedChargingLimit'>, Response2x<'ClearedChargingLimit'>> = {
  decide: (request, context) => chargingLimitCleared(request, context),
};
