/** Messages that between them make every event with every field; the vocabulary in docs/events.md is held to their outcome. */
import { messageRejected } from '../../src/domain/message-rejected.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import type { EventDraft } from '../../src/handlers/handler.ts';
import type { Charger } from '../domain/context.ts';
import { charger, contextOf, NOW_MS, send } from '../domain/context.ts';
import { SAMPLES_V16, SAMPLES_V21, SAMPLES_V201 } from './samples.ts';

const AT = '2026-03-01T11:00:00Z';
const START = { connectorId: 1, idTag: 'GOOD', meterStart: 1000, timestamp: AT, reservationId: 7 };
const STOP = { transactionId: 1_000_001, idTag: 'GOOD', meterStop: 4500, timestamp: '2026-03-01T11:30:00Z' };
const SAMPLE = { value: '1.5', unit: 'kWh', phase: 'L1', format: 'SignedData' };

/** Events of all scenarios, in the order they happened. */
export function everyEvent(): EventDraft[] {
  return [...everyAction(), ...transactions16(), ...transactions2x(), ...restOf16(), ...restOf2x(), rejected()];
}

function everyAction(): EventDraft[] {
  const chargers: [Charger, typeof SAMPLES_V16][] = [
    [charger('1.6'), SAMPLES_V16],
    [charger('2.0.1'), SAMPLES_V201],
    [charger('2.1'), SAMPLES_V21],
  ];
  return chargers.flatMap(([one, samples]) => {
    for (const [action, request] of Object.entries(samples)) send(one, action, request);
    return one.events;
  });
}

function transactions16(): EventDraft[] {
  const one = charger('1.6');
  send(one, 'StartTransaction', START);
  send(one, 'StartTransaction', { ...START, meterStart: 1, timestamp: '1970-01-01T00:00:00Z' });
  send(one, 'BootNotification', SAMPLES_V16['BootNotification']);
  send(one, 'MeterValues', {
    connectorId: 1,
    transactionId: 1_000_001,
    meterValue: [{ timestamp: AT, sampledValue: [{ value: '1500' }] }],
  });
  send(one, 'StopTransaction', STOP);
  send(one, 'MeterValues', {
    connectorId: 1,
    transactionId: -1,
    meterValue: [{ timestamp: 'never', sampledValue: [SAMPLE] }],
  });
  send(one, 'StopTransaction', { ...STOP, transactionId: 1_000_002, meterStop: 0, idTag: 'BAD' });
  send(one, 'StopTransaction', { ...STOP, transactionId: 4711 });
  send(one, 'StartTransaction', { ...START, meterStart: 5000 });
  send(one, 'StopTransaction', { ...STOP, transactionId: -1, meterStop: 6000 });
  const sampledValue = Array.from({ length: 1001 }, () => ({ value: '1' }));
  send(one, 'MeterValues', { connectorId: 2, transactionId: 9, meterValue: [{ timestamp: AT, sampledValue }] });
  return one.events;
}

function transactions2x(): EventDraft[] {
  const one = charger('2.1');
  const started = SAMPLES_V21['TransactionEvent'];
  const info = {
    transactionId: 'tx-1',
    chargingState: 'Charging',
    timeSpentCharging: 60,
    remoteStartId: 12,
    operationMode: 'ChargingOnly',
    tariffId: 'day',
    transactionLimit: { maxEnergy: 20000 },
    stoppedReason: 'Local',
  };
  const circumstances = {
    offline: true,
    numberOfPhasesUsed: 3,
    cableMaxCurrent: 32,
    reservationId: 5,
    preconditioningStatus: 'Ready',
    evseSleep: false,
  };
  const many = Array.from({ length: 1001 }, (_, i) => ({ value: i + 200 }));
  const meterValue = [{ timestamp: AT, sampledValue: many }];
  send(one, 'TransactionEvent', { ...started, ...circumstances, transactionInfo: info });
  send(one, 'TransactionEvent', {
    ...started,
    ...circumstances,
    eventType: 'Updated',
    seqNo: 2,
    transactionInfo: info,
    meterValue,
  });
  send(one, 'TransactionEvent', {
    ...started,
    ...circumstances,
    eventType: 'Ended',
    seqNo: 3,
    transactionInfo: info,
    meterValue,
  });
  send(one, 'TransactionEvent', { ...started, eventType: 'Updated', seqNo: 1, timestamp: 'soon' });
  send(one, 'TransactionEvent', {
    ...started,
    eventType: 'Ended',
    seqNo: 9,
    transactionInfo: { transactionId: 'tx-1' },
  });
  send(one, 'TransactionEvent', {
    ...started,
    eventType: 'Updated',
    seqNo: 9,
    transactionInfo: { transactionId: 'tx-2' },
  });
  send(one, 'TransactionEvent', {
    ...started,
    meterValue,
    seqNo: 0,
    transactionInfo: { transactionId: 'tx-2' },
    timestamp: 'soon',
  });
  send(one, 'TransactionEvent', {
    ...started,
    eventType: 'Ended',
    seqNo: 1,
    transactionInfo: { transactionId: 'tx-3' },
  });
  send(one, 'TransactionEvent', { ...started, transactionInfo: { transactionId: 'tx-3' } });
  send(one, 'TransactionEvent', {
    ...started,
    eventType: 'Ended',
    seqNo: 3,
    transactionInfo: { transactionId: 'tx-2' },
  });
  const low = [{ timestamp: AT, sampledValue: [{ value: 1 }] }];
  send(one, 'TransactionEvent', { ...started, transactionInfo: { transactionId: 'tx-4' } });
  send(one, 'TransactionEvent', {
    ...started,
    eventType: 'Ended',
    seqNo: 1,
    transactionInfo: { transactionId: 'tx-4' },
    meterValue: low,
    timestamp: 'soon',
  });
  return one.events;
}

function restOf16(): EventDraft[] {
  const one = charger('1.6', {
    policy: { ...DEFAULT_POLICY, registration: 'Pending', dataTransferVendors: { 'com.example': [] } },
  });
  const texts = { info: 'door', vendorId: 'com.example', vendorErrorCode: 'E7', timestamp: 'soon' };
  send(one, 'StatusNotification', SAMPLES_V16['StatusNotification']);
  send(one, 'StatusNotification', {
    ...SAMPLES_V16['StatusNotification'],
    ...texts,
    status: 'Faulted',
    errorCode: 'OtherError',
  });
  send(one, 'BootNotification', {
    ...SAMPLES_V16['BootNotification'],
    chargePointSerialNumber: 'S1',
    chargeBoxSerialNumber: 'B1',
    iccid: '1',
    imsi: '2',
    meterType: 'M',
    meterSerialNumber: 'M1',
  });
  send(one, 'DataTransfer', { vendorId: 'org.openchargealliance.iso15118pnc', messageId: 'Authorize' });
  send(one, 'SecurityEventNotification', { type: 'Other', timestamp: 'soon', techInfo: 'x' });
  return one.events;
}

function restOf2x(): EventDraft[] {
  const one = charger('2.1');
  const statusInfo = { reasonCode: 'Why', additionalInfo: 'because' };
  for (const action of ['FirmwareStatusNotification', 'LogStatusNotification', 'PublishFirmwareStatusNotification']) {
    send(one, action, { ...SAMPLES_V21[action], statusInfo });
  }
  send(one, 'NotifyReport', { ...SAMPLES_V21['NotifyReport'], generatedAt: 'soon' });
  send(one, 'NotifyChargingLimit', {
    evseId: 1,
    chargingLimit: { chargingLimitSource: 'EMS', isGridCritical: false, isLocalGeneration: true },
  });
  send(one, 'NotifyEVChargingNeeds', {
    ...SAMPLES_V21['NotifyEVChargingNeeds'],
    maxScheduleTuples: 3,
    timestamp: 'soon',
  });
  send(one, 'NotifyEVChargingNeeds', SAMPLES_V201['NotifyEVChargingNeeds']);
  const schedule = {
    id: 1,
    chargingRateUnit: 'W',
    duration: 60,
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 7000 }],
  };
  send(one, 'NotifyEVChargingSchedule', {
    evseId: 1,
    timeBase: AT,
    chargingSchedule: schedule,
    selectedChargingScheduleId: 1,
    powerToleranceAcceptance: true,
  });
  send(one, 'SignCertificate', { csr: 'x', certificateType: 'V2G20Certificate', requestId: 3 });
  send(one, 'NotifyDERAlarm', {
    controlType: 'LVMustTrip',
    gridEventFault: 'UnderVoltage',
    alarmEnded: true,
    timestamp: 'soon',
    extraInfo: 'x',
  });
  send(one, 'NotifyDERStartStop', { controlId: 'c1', started: false, timestamp: 'soon', supersededIds: ['c0'] });
  send(one, 'NotifySettlement', {
    ...SAMPLES_V21['NotifySettlement'],
    settlementTime: 'soon',
    statusInfo: 'ok',
    receiptId: 'r1',
    receiptUrl: 'https://r.example',
    vatNumber: 'NL1',
  });
  const values = Array.from({ length: 2001 }, (_, i) => ({ t: i, v: '1' }));
  send(one, 'NotifyPeriodicEventStream', { id: 1, pending: 3, basetime: 'soon', data: values });
  const event = {
    eventId: 1,
    timestamp: 'soon',
    trigger: 'Delta',
    actualValue: '1',
    eventNotificationType: 'CustomMonitor',
    component: { name: 'EVSE', instance: 'a', evse: { id: 1, connectorId: 2 } },
    variable: { name: 'Power', instance: 'b' },
    cause: 9,
    techCode: 'c',
    techInfo: 'd',
    cleared: false,
    transactionId: 'tx-1',
    variableMonitoringId: 4,
    severity: 5,
  };
  send(one, 'NotifyEvent', {
    generatedAt: AT,
    seqNo: 1,
    eventData: Array.from({ length: 501 }, (_, i) => ({ ...event, eventId: i })),
  });
  return one.events;
}

function rejected(): EventDraft {
  const context = contextOf(charger('1.6', { nowMs: NOW_MS }), 'StartTransaction', START);
  return messageRejected(context, 'SecurityError', 'StartTransaction before BootNotification');
}
