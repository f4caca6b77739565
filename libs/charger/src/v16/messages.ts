/** Owns how a charger's own messages look in OCPP 1.6. Builds payloads, never sends. */
import type { RequestOf } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import type { BootReason, TransactionMoment } from '../dialect.ts';
import type { Hardware } from '../hardware.ts';
import { measure } from '../measurands.ts';
import type { Reading } from '../metering.ts';
import { PENDING_TRANSACTION_ID } from '../transaction-queue.ts';
import type { Connector, OutMessage, StopReason, Unit } from '../unit.ts';

type MeterValue = RequestOf<'1.6', 'MeterValues'>['meterValue'][number];
type SampledValue = MeterValue['sampledValue'][number];
type ReadingContext = NonNullable<SampledValue['context']>;

/** BootNotification; 1.6 has no reason in it. */
export function bootNotification(hardware: Hardware, _reason: BootReason): OutMessage {
  const payload: RequestOf<'1.6', 'BootNotification'> = {
    chargePointVendor: hardware.vendor.slice(0, 20),
    chargePointModel: hardware.model.slice(0, 20),
    chargePointSerialNumber: hardware.serialNumber.slice(0, 25),
    firmwareVersion: hardware.firmwareVersion.slice(0, 50),
  };
  return { action: 'BootNotification', payload };
}

/** StatusNotification of one connector. */
export function statusNotification(connector: Connector, atMs: number): OutMessage {
  return status(connector.id, connector.status, atMs);
}

/** StatusNotification of connector 0, the charger as a whole. */
export function stationStatus(operative: boolean, atMs: number): OutMessage {
  return status(0, operative ? 'Available' : 'Unavailable', atMs);
}

function status(
  connectorId: number,
  value: RequestOf<'1.6', 'StatusNotification'>['status'],
  atMs: number,
): OutMessage {
  const payload: RequestOf<'1.6', 'StatusNotification'> = {
    connectorId,
    errorCode: value === 'Faulted' ? 'InternalError' : 'NoError',
    status: value,
    timestamp: isoTime(atMs),
  };
  return { action: 'StatusNotification', payload };
}

/** StartTransaction. */
export function startTransaction({ transaction, reading }: TransactionMoment): OutMessage {
  const payload: RequestOf<'1.6', 'StartTransaction'> = {
    connectorId: transaction.connectorId,
    idTag: transaction.idToken.idToken,
    meterStart: Math.floor(reading.registerWh),
    timestamp: isoTime(reading.atMs),
    ...(transaction.reservationId === undefined ? {} : { reservationId: transaction.reservationId }),
  };
  return { action: 'StartTransaction', payload };
}

/** Periodic MeterValues of a running transaction. */
export function sampledMeterValues({ unit, transaction, reading }: TransactionMoment): OutMessage {
  const payload = {
    connectorId: transaction.connectorId,
    transactionId: transaction.csmsId ?? PENDING_TRANSACTION_ID,
    meterValue: [meterValue(reading, unit.settings.list('MeterValuesSampledData'), 'Sample.Periodic')],
  };
  return { action: 'MeterValues', payload };
}

/** MeterValues that a trigger asked for. */
export function triggeredMeterValues(unit: Unit, connector: Connector, reading: Reading): OutMessage {
  const transactionId = connector.transaction?.csmsId;
  const payload = {
    connectorId: connector.id,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: [meterValue(reading, unit.settings.list('MeterValuesSampledData'), 'Trigger')],
  };
  return { action: 'MeterValues', payload };
}

/** StopTransaction. */
export function stopTransaction({ unit, transaction, reading }: TransactionMoment, reason: StopReason): OutMessage {
  const wanted = unit.settings.list('StopTxnSampledData');
  const payload = {
    transactionId: transaction.csmsId ?? PENDING_TRANSACTION_ID,
    idTag: transaction.idToken.idToken,
    meterStop: Math.floor(reading.registerWh),
    timestamp: isoTime(reading.atMs),
    reason,
    ...(wanted.length === 0 ? {} : { transactionData: [meterValue(reading, wanted, 'Transaction.End')] }),
  };
  return { action: 'StopTransaction', payload };
}

function meterValue(reading: Reading, wanted: readonly string[], context: ReadingContext): MeterValue {
  const sampledValue: SampledValue[] = measure(reading, wanted).map(({ measurand, unit, value }) => ({
    value: String(value),
    context,
    measurand,
    unit,
    location: measurand === 'SoC' ? 'EV' : 'Outlet',
  }));
  // A list of nothing is not allowed; the register is what every charger has.
  if (sampledValue.length === 0) sampledValue.push({ value: String(reading.registerWh), context, unit: 'Wh' });
  return { timestamp: isoTime(reading.atMs), sampledValue };
}
