/**
 * What a 2.x station tells about charging limits, needs and schedules. There is no energy manager behind the broker: backends
 * read the event and act by commands; the answers promise nothing.
 */
import type { Decision, DecisionContext } from '../handlers/handler.ts';
import type { EmptyAnswer } from './status-events.ts';
import { answered, noted, received, reported } from './status-events.ts';

/** NotifyChargingLimit: something outside of us limits the charging. */
export interface ChargingLimitReport {
  readonly evseId?: number;
  readonly chargingLimit: {
    readonly chargingLimitSource: string;
    readonly isGridCritical?: boolean;
    /** 2.1. */
    readonly isLocalGeneration?: boolean;
  };
  readonly chargingSchedule?: readonly unknown[];
}

/** Decides NotifyChargingLimit. */
export function chargingLimitChanged(report: ChargingLimitReport, context: DecisionContext): Decision<EmptyAnswer> {
  const { chargingLimitSource, isGridCritical, isLocalGeneration } = report.chargingLimit;
  const data = {
    evseId: report.evseId,
    chargingLimitSource,
    isGridCritical,
    isLocalGeneration,
    schedules: report.chargingSchedule?.length,
  };
  return noted(received('chargingLimit.changed', data, context));
}

/** Decides ClearedChargingLimit. */
export function chargingLimitCleared(
  report: { readonly evseId?: number; readonly chargingLimitSource: string },
  context: DecisionContext,
): Decision<EmptyAnswer> {
  const data = { evseId: report.evseId, chargingLimitSource: report.chargingLimitSource };
  return noted(received('chargingLimit.cleared', data, context));
}

/** NotifyEVChargingNeeds: what the car asks for. */
export interface ChargingNeedsReport {
  readonly evseId: number;
  readonly maxScheduleTuples?: number;
  /** 2.1. */
  readonly timestamp?: string;
  readonly chargingNeeds: {
    readonly requestedEnergyTransfer: string;
    readonly departureTime?: string;
    readonly acChargingParameters?: { readonly energyAmount: number };
    readonly dcChargingParameters?: { readonly energyAmount?: number; readonly stateOfCharge?: number };
    /** 2.1. */
    readonly controlMode?: string;
  };
}

/** Decides NotifyEVChargingNeeds with the status the version has for "no schedule will come from here". */
export function chargingNeeds<Status extends string>(
  report: ChargingNeedsReport,
  status: Status,
  context: DecisionContext,
): Decision<{ status: Status }> {
  const { chargingNeeds: needs } = report;
  const event = reported(
    'charging.needs',
    report.timestamp,
    {
      evseId: report.evseId,
      requestedEnergyTransfer: needs.requestedEnergyTransfer,
      departureTime: needs.departureTime,
      energyAmountWh: needs.acChargingParameters?.energyAmount ?? needs.dcChargingParameters?.energyAmount,
      stateOfChargePercent: needs.dcChargingParameters?.stateOfCharge,
      controlMode: needs.controlMode,
      maxScheduleTuples: report.maxScheduleTuples,
      status,
    },
    context,
  );
  return answered({ status }, event);
}

/** NotifyEVChargingSchedule: the schedule the car chose. */
export interface ChargingScheduleReport {
  readonly evseId: number;
  readonly timeBase: string;
  readonly chargingSchedule: {
    readonly id: number;
    readonly chargingRateUnit: string;
    readonly duration?: number;
    readonly chargingSchedulePeriod: readonly unknown[];
  };
  /** 2.1. */
  readonly selectedChargingScheduleId?: number;
  readonly powerToleranceAcceptance?: boolean;
}

/** Decides NotifyEVChargingSchedule. Accepted: refusing would ask for a renegotiation that nobody here can lead. */
export function chargingSchedule(
  report: ChargingScheduleReport,
  context: DecisionContext,
): Decision<{ status: 'Accepted' }> {
  const schedule = report.chargingSchedule;
  const data = {
    evseId: report.evseId,
    timeBase: report.timeBase,
    scheduleId: schedule.id,
    chargingRateUnit: schedule.chargingRateUnit,
    durationS: schedule.duration,
    periods: schedule.chargingSchedulePeriod.length,
    selectedChargingScheduleId: report.selectedChargingScheduleId,
    powerToleranceAcceptance: report.powerToleranceAcceptance,
  };
  return answered({ status: 'Accepted' }, received('charging.schedule', data, context));
}
