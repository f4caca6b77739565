/** Owns the answers of a 2.x charger to smart charging commands (functional block K) and the translation of its profiles. */
import type { RequestOf } from '@voltlane/ocpp';
import { isoTime, parseIsoTime } from '@voltlane/time';
import type { Deciders } from '../command.ts';
import { numberField } from '../json-fields.ts';
import { connectorOf } from '../operations.ts';
import type { Profile, ProfilePurpose } from '../smart-charging.ts';
import type { OutMessage, Unit } from '../unit.ts';

type SmartChargingAction =
  | 'ClearChargingProfile'
  | 'GetChargingProfiles'
  | 'GetCompositeSchedule'
  | 'SetChargingProfile';
type WireProfile = RequestOf<'2.0.1', 'SetChargingProfile'>['chargingProfile'];
type ReportedProfile = RequestOf<'2.0.1', 'ReportChargingProfiles'>['chargingProfile'][number];

/** By text, because 2.1 has purposes that this charger refuses. */
const PURPOSES: ReadonlyMap<string, ProfilePurpose> = new Map<string, ProfilePurpose>([
  ['ChargingStationExternalConstraints', 'Station'],
  ['ChargingStationMaxProfile', 'Station'],
  ['TxDefaultProfile', 'Default'],
  ['TxProfile', 'Transaction'],
]);

/** Functional block K. */
export const SMART_CHARGING_COMMANDS: Pick<Deciders<'2.0.1'>, SmartChargingAction> = {
  SetChargingProfile: ({ evseId, chargingProfile }, unit) => {
    const connector = connectorOf(unit, evseId);
    if (connector === undefined && evseId !== 0) return [{ status: 'Rejected' }];
    const purpose = PURPOSES.get(chargingProfile.chargingProfilePurpose);
    if (purpose === undefined) return [{ status: 'Rejected' }];
    // K01.FR.09: a transaction profile needs its transaction.
    if (purpose === 'Transaction' && connector?.transaction?.key !== chargingProfile.transactionId)
      return [{ status: 'Rejected' }];
    return [{ status: unit.profiles.set(profileFrom(evseId, chargingProfile)) ? 'Accepted' : 'Rejected' }];
  },
  ClearChargingProfile: ({ chargingProfileId, chargingProfileCriteria: criteria }, unit) => {
    const filter =
      chargingProfileId === undefined
        ? {
            connectorId: criteria?.evseId,
            stackLevel: criteria?.stackLevel,
            purpose: PURPOSES.get(criteria?.chargingProfilePurpose ?? ''),
          }
        : { id: chargingProfileId };
    return [{ status: unit.profiles.clear(filter) > 0 ? 'Accepted' : 'Unknown' }];
  },
  GetCompositeSchedule: ({ evseId, duration, chargingRateUnit = 'A' }, unit) => {
    const connector = connectorOf(unit, evseId);
    if (connector === undefined && evseId !== 0) return [{ status: 'Rejected' }];
    const nowMs = unit.nowMs();
    const { phases, voltageV, maxCurrentA } = unit.hardware;
    const transactionStartedMs = connector?.transaction?.startedAtMs;
    const context = { connectorId: evseId, transactionStartedMs, phases, voltageV, maxCurrentA };
    const periods = unit.profiles.composite(context, nowMs, { durationS: duration, unit: chargingRateUnit });
    const chargingSchedulePeriod = periods.map(({ startS, limit }) => ({ startPeriod: startS, limit }));
    const schedule = { evseId, duration, scheduleStart: isoTime(nowMs), chargingRateUnit, chargingSchedulePeriod };
    return [{ status: 'Accepted', schedule }];
  },
  GetChargingProfiles: ({ requestId, evseId, chargingProfile: criteria }, unit) => {
    const purpose = PURPOSES.get(criteria.chargingProfilePurpose ?? '');
    const found = unit.profiles
      .list()
      .filter(
        (profile) =>
          (evseId === undefined || profile.connectorId === evseId) &&
          (criteria.chargingProfileId === undefined || criteria.chargingProfileId.includes(profile.id)) &&
          (criteria.stackLevel === undefined || criteria.stackLevel === profile.stackLevel) &&
          (purpose === undefined || purpose === profile.purpose),
      );
    if (found.length === 0) return [{ status: 'NoProfiles' }];
    return [
      { status: 'Accepted' },
      () => {
        unit.tellInTurn(profileReports(unit, requestId, found), 0);
      },
    ];
  },
};

/** A 2.x profile in neutral form; of several schedules the first counts. */
export function profileFrom(evseId: number, wire: WireProfile): Profile {
  const [schedule] = wire.chargingSchedule;
  return {
    id: wire.id,
    stackLevel: wire.stackLevel,
    purpose: PURPOSES.get(wire.chargingProfilePurpose) ?? 'Default',
    kind:
      wire.chargingProfileKind === 'Recurring' ? (wire.recurrencyKind ?? 'Daily') : kindOf(wire.chargingProfileKind),
    connectorId: evseId,
    validFromMs: timeOf(wire.validFrom),
    validToMs: timeOf(wire.validTo),
    startMs: timeOf(schedule?.startSchedule),
    durationS: schedule?.duration,
    unit: schedule?.chargingRateUnit ?? 'A',
    // 2.1 allows periods without a limit; they do not limit.
    periods: (schedule?.chargingSchedulePeriod ?? []).map((period) => ({
      startS: period.startPeriod,
      limit: numberField(period, 'limit') ?? Number.MAX_SAFE_INTEGER,
    })),
  };
}

/** 2.1 adds Dynamic, which this charger treats as Absolute. */
function kindOf(kind: string): 'Absolute' | 'Relative' {
  return kind === 'Relative' ? 'Relative' : 'Absolute';
}

const WIRE_PURPOSES: Readonly<Record<ProfilePurpose, ReportedProfile['chargingProfilePurpose']>> = {
  Station: 'ChargingStationMaxProfile',
  Default: 'TxDefaultProfile',
  Transaction: 'TxProfile',
};

function profileReports(unit: Unit, requestId: number, profiles: readonly Profile[]): readonly OutMessage[] {
  return profiles.map((profile, index): OutMessage => {
    const transactionId = connectorOf(unit, profile.connectorId)?.transaction?.key;
    const payload: RequestOf<'2.0.1', 'ReportChargingProfiles'> = {
      requestId,
      chargingLimitSource: 'CSO',
      evseId: profile.connectorId,
      tbc: index < profiles.length - 1,
      chargingProfile: [wireProfile(profile, transactionId)],
    };
    return { action: 'ReportChargingProfiles', payload };
  });
}

function wireProfile(profile: Profile, transactionId: string | undefined): ReportedProfile {
  const recurring = profile.kind === 'Daily' || profile.kind === 'Weekly';
  const { startMs, durationS, validFromMs, validToMs } = profile;
  return {
    id: profile.id,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: WIRE_PURPOSES[profile.purpose],
    chargingProfileKind: recurring ? 'Recurring' : profile.kind === 'Relative' ? 'Relative' : 'Absolute',
    ...(profile.kind === 'Daily' || profile.kind === 'Weekly' ? { recurrencyKind: profile.kind } : {}),
    ...(profile.purpose === 'Transaction' && transactionId !== undefined ? { transactionId } : {}),
    ...(validFromMs === undefined ? {} : { validFrom: isoTime(validFromMs) }),
    ...(validToMs === undefined ? {} : { validTo: isoTime(validToMs) }),
    chargingSchedule: [
      {
        id: 1,
        chargingRateUnit: profile.unit,
        ...(startMs === undefined ? {} : { startSchedule: isoTime(startMs) }),
        ...(durationS === undefined ? {} : { duration: durationS }),
        chargingSchedulePeriod: profile.periods.map(({ startS, limit }) => ({ startPeriod: startS, limit })),
      },
    ],
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseIsoTime(text);
}
