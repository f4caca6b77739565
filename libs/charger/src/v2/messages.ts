/**
 * Owns how a charger's own messages look in OCPP 2.0.1 and 2.1. Typed after 2.0.1: what we send uses no member that 2.1
 * changed; tests validate all of it against both versions.
 */
import type { RequestOf } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import type { BootReason, TransactionMoment } from '../dialect.ts';
import type { Hardware } from '../hardware.ts';
import { measure } from '../measurands.ts';
import type { Reading } from '../metering.ts';
import type { Connector, IdToken, OutMessage, StopReason, Unit } from '../unit.ts';

type TransactionEvent = RequestOf<'2.0.1', 'TransactionEvent'>;
type MeterValue = NonNullable<TransactionEvent['meterValue']>[number];
type SampledValue = MeterValue['sampledValue'][number];
type ReadingContext = NonNullable<SampledValue['context']>;
type ChargingState = NonNullable<NonNullable<TransactionEvent['transactionInfo']>['chargingState']>;
type WireToken = NonNullable<TransactionEvent['idToken']>;

/** BootNotification. */
export function bootNotification(hardware: Hardware, reason: BootReason): OutMessage {
  const payload: RequestOf<'2.0.1', 'BootNotification'> = {
    reason,
    chargingStation: {
      vendorName: hardware.vendor.slice(0, 50),
      model: hardware.model.slice(0, 20),
      serialNumber: hardware.serialNumber.slice(0, 25),
      firmwareVersion: hardware.firmwareVersion.slice(0, 50),
    },
  };
  return { action: 'BootNotification', payload };
}

/** The five states that 2.x shows. */
export function shownStatus({ status }: Connector): RequestOf<'2.0.1', 'StatusNotification'>['connectorStatus'] {
  switch (status) {
    case 'Available':
    case 'Reserved':
    case 'Unavailable':
    case 'Faulted':
      return status;
    case 'Preparing':
    case 'Charging':
    case 'SuspendedEV':
    case 'SuspendedEVSE':
    case 'Finishing':
      return 'Occupied';
  }
}

/** StatusNotification of an EVSE's only connector. */
export function statusNotification(connector: Connector, atMs: number): OutMessage {
  const payload: RequestOf<'2.0.1', 'StatusNotification'> = {
    timestamp: isoTime(atMs),
    connectorStatus: shownStatus(connector),
    evseId: connector.id,
    connectorId: 1,
  };
  return { action: 'StatusNotification', payload };
}

/** Authorize. */
export function authorize(idToken: IdToken): OutMessage {
  const payload = { idToken: wireToken(idToken) };
  return { action: 'Authorize', payload };
}

/** TransactionEvent Started: by the cable, or by the token. */
export function transactionBegan(moment: TransactionMoment, how: 'cable' | 'authorized'): readonly OutMessage[] {
  const { transaction, unit, reading } = moment;
  const remote = transaction.remoteStartId !== undefined;
  const byToken = how === 'authorized';
  const meterValue = meterValues(
    reading,
    unit.settings.list('SampledDataCtrlr.TxStartedMeasurands'),
    'Transaction.Begin',
  );
  return [
    event(moment, {
      eventType: 'Started',
      triggerReason: byToken ? (remote ? 'RemoteStart' : 'Authorized') : 'CablePluggedIn',
      chargingState: 'EVConnected',
      meterValue,
      ...(byToken ? { idToken: wireToken(transaction.idToken) } : {}),
      ...(transaction.reservationId === undefined ? {} : { reservationId: transaction.reservationId }),
    }),
  ];
}

/** TransactionEvent Updated: the token, if the cable came first, and the flow of energy. */
export function chargingBegan(moment: TransactionMoment, how: 'cable' | 'authorized'): readonly OutMessage[] {
  const idToken = wireToken(moment.transaction.idToken);
  const byToken = { eventType: 'Updated', triggerReason: 'Authorized', chargingState: 'EVConnected', idToken } as const;
  const charging = { eventType: 'Updated', triggerReason: 'ChargingStateChanged', chargingState: 'Charging' } as const;
  return how === 'authorized' ? [event(moment, charging)] : [event(moment, byToken), event(moment, charging)];
}

/** TransactionEvent Updated with a periodic sample. */
export function sampled(moment: TransactionMoment): readonly OutMessage[] {
  const wanted = moment.unit.settings.list('SampledDataCtrlr.TxUpdatedMeasurands');
  const meterValue = meterValues(moment.reading, wanted, 'Sample.Periodic');
  const chargingState = moment.reading.offeredA === 0 ? 'SuspendedEVSE' : 'Charging';
  return [event(moment, { eventType: 'Updated', triggerReason: 'MeterValuePeriodic', chargingState, meterValue })];
}

/** TransactionEvent Updated that a trigger asked for. */
export function triggeredEvent(moment: TransactionMoment): readonly OutMessage[] {
  const wanted = moment.unit.settings.list('SampledDataCtrlr.TxUpdatedMeasurands');
  const meterValue = meterValues(moment.reading, wanted, 'Trigger');
  return [event(moment, { eventType: 'Updated', triggerReason: 'Trigger', chargingState: 'Charging', meterValue })];
}

/** TransactionEvent Ended. */
export function transactionEnded(moment: TransactionMoment, reason: StopReason): readonly OutMessage[] {
  const wanted = moment.unit.settings.list('SampledDataCtrlr.TxEndedMeasurands');
  const meterValue = meterValues(moment.reading, wanted, 'Transaction.End');
  const { triggerReason, stoppedReason, chargingState } = ENDINGS[reason];
  const local = reason === 'Local' ? { idToken: wireToken(moment.transaction.idToken) } : {};
  return [event(moment, { eventType: 'Ended', triggerReason, stoppedReason, chargingState, meterValue, ...local })];
}

/** MeterValues that a trigger asked for. */
export function triggeredMeterValues(unit: Unit, connector: Connector, reading: Reading): OutMessage {
  const wanted = unit.settings.list('AlignedDataCtrlr.Measurands');
  const payload: RequestOf<'2.0.1', 'MeterValues'> = {
    evseId: connector.id,
    meterValue: meterValues(reading, wanted, 'Trigger'),
  };
  return { action: 'MeterValues', payload };
}

interface Ending {
  readonly triggerReason: TransactionEvent['triggerReason'];
  readonly stoppedReason: NonNullable<TransactionEvent['transactionInfo']['stoppedReason']>;
  readonly chargingState: ChargingState;
}

const ENDINGS: Readonly<Record<StopReason, Ending>> = {
  DeAuthorized: { triggerReason: 'Deauthorized', stoppedReason: 'DeAuthorized', chargingState: 'EVConnected' },
  EVDisconnected: { triggerReason: 'EVDeparted', stoppedReason: 'EVDisconnected', chargingState: 'Idle' },
  HardReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset', chargingState: 'EVConnected' },
  Local: { triggerReason: 'StopAuthorized', stoppedReason: 'Local', chargingState: 'EVConnected' },
  Other: { triggerReason: 'AbnormalCondition', stoppedReason: 'Other', chargingState: 'EVConnected' },
  PowerLoss: { triggerReason: 'AbnormalCondition', stoppedReason: 'PowerLoss', chargingState: 'EVConnected' },
  Reboot: { triggerReason: 'AbnormalCondition', stoppedReason: 'Reboot', chargingState: 'EVConnected' },
  Remote: { triggerReason: 'RemoteStop', stoppedReason: 'Remote', chargingState: 'EVConnected' },
  SoftReset: { triggerReason: 'ResetCommand', stoppedReason: 'ImmediateReset', chargingState: 'EVConnected' },
  UnlockCommand: { triggerReason: 'UnlockCommand', stoppedReason: 'Other', chargingState: 'EVConnected' },
};

interface EventPart {
  readonly eventType: TransactionEvent['eventType'];
  readonly triggerReason: TransactionEvent['triggerReason'];
  readonly chargingState: ChargingState;
  readonly stoppedReason?: Ending['stoppedReason'];
  readonly meterValue?: MeterValue[];
  readonly idToken?: WireToken;
  readonly reservationId?: number;
}

/** Builds an event and takes the transaction's next number. */
function event(moment: TransactionMoment, part: EventPart): OutMessage {
  const { transaction, reading, offline } = moment;
  const { eventType, triggerReason, chargingState, stoppedReason, ...rest } = part;
  const payload: TransactionEvent = {
    eventType,
    timestamp: isoTime(reading.atMs),
    triggerReason,
    seqNo: transaction.nextSeqNo,
    ...(offline ? { offline } : {}),
    transactionInfo: {
      transactionId: transaction.key,
      chargingState,
      ...(stoppedReason === undefined ? {} : { stoppedReason }),
      ...(transaction.remoteStartId === undefined ? {} : { remoteStartId: transaction.remoteStartId }),
    },
    evse: { id: transaction.connectorId, connectorId: 1 },
    ...rest,
  };
  transaction.nextSeqNo += 1;
  return { action: 'TransactionEvent', payload };
}

function meterValues(reading: Reading, wanted: readonly string[], context: ReadingContext): MeterValue[] {
  const values: SampledValue[] = measure(reading, wanted).map(({ measurand, unit, value }) => ({
    value,
    context,
    measurand,
    location: measurand === 'SoC' ? 'EV' : 'Outlet',
    unitOfMeasure: { unit },
  }));
  if (values.length === 0) values.push({ value: reading.registerWh, context, unitOfMeasure: { unit: 'Wh' } });
  const [first, ...others] = values;
  return first === undefined ? [] : [{ timestamp: isoTime(reading.atMs), sampledValue: [first, ...others] }];
}

function wireToken({ idToken, type }: IdToken): WireToken {
  return { idToken, type: TOKEN_TYPES.find((known) => known === type) ?? 'Central' };
}

const TOKEN_TYPES: readonly WireToken['type'][] = [
  'Central',
  'eMAID',
  'ISO14443',
  'ISO15693',
  'KeyCode',
  'Local',
  'MacAddress',
  'NoAuthorization',
];
