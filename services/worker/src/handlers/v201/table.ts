/** Every action a 2.0.1 station sends and its handler. The type makes the table complete. */
import type { ChargerActionOf, RequestOf, ResponseOf } from '@voltlane/ocpp';
import type { Handler } from '../handler.ts';
import { notifyEVChargingNeeds } from './notify-ev-charging-needs.ts';
import { HANDLERS_2X } from './shared-table.ts';

/** Handlers of 2.0.1. */
export const HANDLERS_V201: {
  readonly [A in ChargerActionOf<'2.0.1'>]: Handler<RequestOf<'2.0.1', A>, ResponseOf<'2.0.1', A>>;
} = {
  ...HANDLERS_2X,
  NotifyEVChargingNeeds: notifyEVChargingNeeds,
};
