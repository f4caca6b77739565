/** Every action a 2.1 station sends and its handler: those of 2.0.1, what changed, and what is new. */
import type { ChargerActionOf, RequestOf, ResponseOf } from '@voltlane/ocpp';
import type { Handler } from '../handler.ts';
import { HANDLERS_2X } from '../v201/shared-table.ts';
import { batterySwap } from './battery-swap.ts';
import { closePeriodicEventStream } from './close-periodic-event-stream.ts';
import { getCertificateChainStatus } from './get-certificate-chain-status.ts';
import { notifyDERAlarm } from './notify-der-alarm.ts';
import { notifyDERStartStop } from './notify-der-start-stop.ts';
import { notifyEVChargingNeeds } from './notify-ev-charging-needs.ts';
import { notifyPeriodicEventStream } from './notify-periodic-event-stream.ts';
import { notifyPriorityCharging } from './notify-priority-charging.ts';
import { notifySettlement } from './notify-settlement.ts';
import { openPeriodicEventStream } from './open-periodic-event-stream.ts';
import { pullDynamicScheduleUpdate } from './pull-dynamic-schedule-update.ts';
import { reportDERControl } from './report-der-control.ts';
import { vatNumberValidation } from './vat-number-validation.ts';

/** Handlers of 2.1. */
export const HANDLERS_V21: {
  readonly [A in ChargerActionOf<'2.1'>]: Handler<RequestOf<'2.1', A>, ResponseOf<'2.1', A>>;
} = {
  ...HANDLERS_2X,
  BatterySwap: batterySwap,
  ClosePeriodicEventStream: closePeriodicEventStream,
  GetCertificateChainStatus: getCertificateChainStatus,
  NotifyDERAlarm: notifyDERAlarm,
  NotifyDERStartStop: notifyDERStartStop,
  NotifyEVChargingNeeds: notifyEVChargingNeeds,
  NotifyPeriodicEventStream: notifyPeriodicEventStream,
  NotifyPriorityCharging: notifyPriorityCharging,
  NotifySettlement: notifySettlement,
  OpenPeriodicEventStream: openPeriodicEventStream,
  PullDynamicScheduleUpdate: pullDynamicScheduleUpdate,
  ReportDERControl: reportDERControl,
  VatNumberValidation: vatNumberValidation,
};
