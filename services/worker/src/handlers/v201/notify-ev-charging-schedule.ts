/** NotifyEVChargingSchedule (2.x K17): the schedule the car chose. */
import { chargingSchedule } from '../../domain/charging-reports.ts';
import type { Handler } from '../handler.ts';
import type { Request2x, Response2x } from './payloads.ts';

/** Handler of NotifyEVChargingSchedule in 2.0.1 and 2.1. */
export const notifyEVChargingSchedule: Handler<
  Request2x<'NotifyEVChargingSchedule'>,
  Response2x<'NotifyEVChargingSchedule'>
> = {
  decide: (request, context) => chargingSchedule(request, context),
};
