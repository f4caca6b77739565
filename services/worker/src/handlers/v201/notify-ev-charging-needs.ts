/** NotifyEVChargingNeeds (2.0.1 K15): what the car asks for. No schedule comes from here: Rejected. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { chargingNeeds } from '../../domain/charging-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyEVChargingNeeds in 2.0.1. */
export const notifyEVChargingNeeds: Handler<
  RequestOf<'2.0.1', 'NotifyEVChargingNeeds'>,
  ResponseOf<'2.0.1', 'NotifyEVChargingNeeds'>
> = {
  decide: (request, context) => chargingNeeds(request, 'Rejected', context),
};
