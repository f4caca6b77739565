/** MeterValues (2.x J01): values outside of transactions. */
import { meterMessage } from '../../domain/meter-message.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of MeterValues in 2.0.1 and 2.1. */
export const meterValues: Handler<Request2x<'MeterValues'>, Response2x<'MeterValues'>> = {
  decide: (request, context) => meterMessage(request, context),
};
