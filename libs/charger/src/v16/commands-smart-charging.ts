/** Owns the answers of a 1.6 charger to the SmartCharging commands and the translation of its profiles. */
import type { RequestOf } from '@voltlane/ocpp';
import { isoTime, parseIsoTime } from '@voltlane/time';
import type { Deciders } from '../command.ts';
import { connectorOf } from '../operations.ts';
import type { LimitContext, Profile, ProfilePurpose } from '../smart-charging.ts';
import type { Connector, Unit } from '../unit.ts';

type WireProfile = RequestOf<'1.6', 'SetChargingProfile'>['csChargingProfiles'];

const PURPOSES: Readonly<Record<WireProfile['chargingProfilePurpose'], ProfilePurpose>> = {
  ChargePointMaxProfile: 'Station',
  TxDefaultProfile: 'Default',
  TxProfile: 'Transaction',
};

type SmartChargingAction = 'SetChargingProfile' | 'ClearChargingProfile' | 'GetCompositeSchedule';

/** SmartCharging profile. */
export const SMART_CHARGING_COMMANDS: Pick<Deciders<'1.6'>, SmartChargingAction> = {
  SetChargingProfile: ({ connectorId, csChargingProfiles }, unit) => {
    const connector = connectorOf(unit, connectorId);
    if (connector === undefined && connectorId !== 0) return [{ status: 'Rejected' }];
    const purpose = csChargingProfiles.chargingProfilePurpose;
    // A transaction profile needs its transaction; the station's maximum belongs to connector 0 (§5.16).
    if (purpose === 'TxProfile' && connector?.transaction === undefined) return [{ status: 'Rejected' }];
    if (purpose === 'ChargePointMaxProfile' && connectorId !== 0) return [{ status: 'Rejected' }];
    return [{ status: unit.profiles.set(profileFrom(connectorId, csChargingProfiles)) ? 'Accepted' : 'Rejected' }];
  },
  ClearChargingProfile: ({ id, connectorId, chargingProfilePurpose, stackLevel }, unit) => {
    const purpose = chargingProfilePurpose === undefined ? undefined : PURPOSES[chargingProfilePurpose];
    const filter = id === undefined ? { connectorId, purpose, stackLevel } : { id };
    return [{ status: unit.profiles.clear(filter) > 0 ? 'Accepted' : 'Unknown' }];
  },
  GetCompositeSchedule: ({ connectorId, duration, chargingRateUnit = 'A' }, unit) => {
    const connector = connectorOf(unit, connectorId);
    if (connector === undefined && connectorId !== 0) return [{ status: 'Rejected' }];
    const nowMs = unit.nowMs();
    const scheduleStart = isoTime(nowMs);
    const schedule = { durationS: duration, unit: chargingRateUnit };
    const periods = unit.profiles.composite(limitContext(unit, connector), nowMs, schedule);
    return [
      {
        status: 'Accepted',
        connectorId,
        scheduleStart,
        chargingSchedule: {
          duration,
          startSchedule: scheduleStart,
          chargingRateUnit,
          chargingSchedulePeriod: periods.map(({ startS, limit }) => ({ startPeriod: startS, limit })),
        },
      },
    ];
  },
};

/** A 1.6 profile in neutral form. */
export function profileFrom(connectorId: number, wire: WireProfile): Profile {
  const { chargingSchedule: schedule } = wire;
  return {
    id: wire.chargingProfileId,
    stackLevel: wire.stackLevel,
    purpose: PURPOSES[wire.chargingProfilePurpose],
    kind: wire.chargingProfileKind === 'Recurring' ? (wire.recurrencyKind ?? 'Daily') : wire.chargingProfileKind,
    connectorId,
    validFromMs: timeOf(wire.validFrom),
    validToMs: timeOf(wire.validTo),
    startMs: timeOf(schedule.startSchedule),
    durationS: schedule.duration,
    unit: schedule.chargingRateUnit,
    periods: schedule.chargingSchedulePeriod.map(({ startPeriod, limit }) => ({ startS: startPeriod, limit })),
  };
}

/** What limits are computed for: a connector, or the whole charger. */
export function limitContext(unit: Unit, connector: Connector | undefined): LimitContext {
  const { phases, voltageV, maxCurrentA } = unit.hardware;
  const transactionStartedMs = connector?.transaction?.startedAtMs;
  return { connectorId: connector?.id ?? 0, transactionStartedMs, phases, voltageV, maxCurrentA };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseIsoTime(text);
}
