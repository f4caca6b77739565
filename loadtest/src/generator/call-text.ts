/**
 * The text of a charger's calls. Made from the table alone, so that a resend after a lost connection says the same again under the
 * same id, as chargers do.
 */

import type { OcppVersion } from '@voltlane/ocpp';
import { isoTime } from '@voltlane/time';
import { CALL, type CallKind } from './call-kind.ts';
import type { ChargerTable } from './charger-table.ts';

/** The CALL frame of what row `row` waits for. */
export function callText(table: ChargerTable, row: number, version: OcppVersion): string {
  const kind = waitingKind(table, row);
  const id = table.number[row] ?? 0;
  return version === '1.6' ? callText16(table, row, kind, id) : callText2x(table, row, kind, id);
}

function callText16(table: ChargerTable, row: number, kind: CallKind, id: number): string {
  switch (kind) {
    case CALL.boot:
      return `[2,"${id}","BootNotification",{"chargePointVendor":"Voltlane","chargePointModel":"Load"}]`;
    case CALL.status:
      return `[2,"${id}","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"${
        isCharging(table, row) ? 'Charging' : 'Available'
      }","timestamp":"${stamp(table, row)}"}]`;
    case CALL.start:
      return `[2,"${id}","StartTransaction",{"connectorId":1,"idTag":"LOADTEST","meterStart":${wh(
        table.startWh,
        row,
      )},"timestamp":"${stamp(table, row)}"}]`;
    case CALL.stop:
      return `[2,"${id}","StopTransaction",{"transactionId":${transaction(table, row)},"meterStop":${wh(
        table.meterWh,
        row,
      )},"timestamp":"${stamp(table, row)}","reason":"Local"}]`;
    case CALL.meter:
      return `[2,"${id}","MeterValues",{"connectorId":1,"transactionId":${transaction(table, row)},"meterValue":[${meterValue(
        table,
        row,
        false,
      )}]}]`;
    case CALL.heartbeat:
    case CALL.none:
      return `[2,"${id}","Heartbeat",{}]`;
  }
}

function callText2x(table: ChargerTable, row: number, kind: CallKind, id: number): string {
  switch (kind) {
    case CALL.boot:
      return `[2,"${id}","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Voltlane","model":"Load"}}]`;
    case CALL.status:
      return `[2,"${id}","StatusNotification",{"timestamp":"${stamp(table, row)}","connectorStatus":"${
        isCharging(table, row) ? 'Occupied' : 'Available'
      }","evseId":1,"connectorId":1}]`;
    case CALL.start:
      return transactionEvent(table, row, 'Started', 'Authorized');
    case CALL.stop:
      return transactionEvent(table, row, 'Ended', 'StopAuthorized');
    case CALL.meter:
      return transactionEvent(table, row, 'Updated', 'MeterValuePeriodic');
    case CALL.heartbeat:
    case CALL.none:
      return `[2,"${id}","Heartbeat",{}]`;
  }
}

function transactionEvent(table: ChargerTable, row: number, eventType: string, triggerReason: string): string {
  const id = table.number[row] ?? 0;
  const isStart = eventType === 'Started';
  return (
    `[2,"${id}","TransactionEvent",{"eventType":"${eventType}","timestamp":"${stamp(table, row)}",` +
    `"triggerReason":"${triggerReason}","seqNo":${table.seqNo[row] ?? 0},` +
    `"transactionInfo":{"transactionId":"${transactionName(table, row)}","chargingState":"Charging"},` +
    `${isStart ? '"idToken":{"idToken":"LOADTEST","type":"ISO14443"},"evse":{"id":1,"connectorId":1},' : ''}` +
    `"meterValue":[${meterValue(table, row, true)}]}]`
  );
}

/** 2.x: the name a station gives its transaction. */
export function transactionName(table: ChargerTable, row: number): string {
  return `T${table.first + row}-${transaction(table, row)}`;
}

function meterValue(table: ChargerTable, row: number, is2x: boolean): string {
  const energy = wh(table.meterWh, row);
  const measurands = [
    value(energy, 'Energy.Active.Import.Register', 'Wh', is2x),
    value(7_360, 'Power.Active.Import', 'W', is2x),
    value(32, 'Current.Import', 'A', is2x),
    value(230, 'Voltage', 'V', is2x),
  ];
  return `{"timestamp":"${stamp(table, row)}","sampledValue":[${measurands.join(',')}]}`;
}

function value(amount: number, measurand: string, unit: string, is2x: boolean): string {
  return is2x
    ? `{"value":${amount},"measurand":"${measurand}","unitOfMeasure":{"unit":"${unit}"}}`
    : `{"value":"${amount}","measurand":"${measurand}","unit":"${unit}"}`;
}

function waitingKind(table: ChargerTable, row: number): CallKind {
  const kind = table.waiting[row] ?? 0;
  return kind === 1 || kind === 2 || kind === 3 || kind === 4 || kind === 5 ? kind : CALL.heartbeat;
}

function isCharging(table: ChargerTable, row: number): boolean {
  return table.charging[row] === 1;
}

function stamp(table: ChargerTable, row: number): string {
  return isoTime(table.stampMs[row] ?? 0);
}

function transaction(table: ChargerTable, row: number): number {
  return table.transaction[row] ?? 0;
}

function wh(column: Float64Array, row: number): number {
  return column[row] ?? 0;
}
