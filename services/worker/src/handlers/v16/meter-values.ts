/** 1.6 MeterValues (§4.7). */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { meterMessage } from '../../domain/meter-message.ts';
import type { Handler } from '../handler.ts';

/** Handler of MeterValues in 1.6. */
export const meterValues: Handler<RequestOf<'1.6', 'MeterValues'>, ResponseOf<'1.6', 'MeterValues'>> = {
  decide: (request, context) => meterMessage(request, context),
};
