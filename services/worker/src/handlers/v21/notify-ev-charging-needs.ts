/** NotifyEVChargingNeeds (2.1 K15): what the car asks for. 2.1 has a word for a schedule that will not come: NoChargingProfile. */
import type { RequestOf, ResponseOf } from '@voltlane/ocpp';
import { chargingNeeds } from '../../domain/charging-reports.ts';
import type { Handler } from '../handler.ts';

/** Handler of NotifyEVChargingNeeds in 2.1. */
export const notifyEVChargingNeeds: Handler<
  RequestOf<'2.1', 'NotifyEVChargingNeeds'>,
  ResponseOf<'2.1', 'NotifyEVChargingNeeds'>
> = {
  decide: (request, context) => chargingNeeds(request, 'NoChargingProfile', context),
};
