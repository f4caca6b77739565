import { readState, STATE_HEADER, writeState } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import { SAMPLES_V16, SAMPLES_V21 } from '../handlers/samples.ts';
import type { Version } from './context.ts';
import { charger, send } from './context.ts';

const DAYS: [Version, Readonly<Record<string, Readonly<Record<string, unknown>>>>][] = [
  ['1.6', SAMPLES_V16],
  ['2.1', SAMPLES_V21],
];

describe.each(DAYS)('the state of a %s charger', (version, samples) => {
  it('survives the journal: after each message it is read back as it was written', () => {
    const one = charger(version);
    for (const [action, request] of Object.entries(samples)) {
      send(one, action, request);
      expect(readState({ [STATE_HEADER]: writeState(one.state) })).toEqual(one.state);
    }
  });

  it('decides alike after the journal', () => {
    const kept = charger(version);
    const moved = charger(version);
    for (const [action, request] of [...Object.entries(samples), ...Object.entries(samples)]) {
      moved.state = readState({ [STATE_HEADER]: writeState(moved.state) });
      expect(send(moved, action, request)).toEqual(send(kept, action, request));
    }
  });

  it('is plain and small', () => {
    const one = charger(version);
    for (const [action, request] of Object.entries(samples)) send(one, action, request);
    expect(plain(one.state)).toBe(true);
    expect(writeState(one.state).length).toBeLessThan(700);
  });

  it('stays small whatever texts a lenient charger sends', () => {
    const one = charger(version);
    const long = 'x'.repeat(100_000);
    const other = `${long}y`;
    send(one, 'BootNotification', {
      chargePointVendor: long,
      chargePointModel: long,
      firmwareVersion: long,
      chargingStation: { vendorName: long, model: long, firmwareVersion: long },
    });
    if (version === '1.6') {
      const status = { connectorId: 1, errorCode: long, status: long, info: long };
      expect(send(one, 'StatusNotification', status).events).toHaveLength(1);
      expect(send(one, 'StatusNotification', status).events).toHaveLength(0);
      send(one, 'StartTransaction', { connectorId: 1, idTag: long, meterStart: 0, timestamp: long });
    } else {
      const request = { ...SAMPLES_V21['TransactionEvent'], idToken: { idToken: long, type: 'eMAID' } };
      expect(
        send(one, 'TransactionEvent', { ...request, transactionInfo: { transactionId: long } }).events,
      ).toHaveLength(1);
      expect(
        send(one, 'TransactionEvent', { ...request, transactionInfo: { transactionId: other } }).events,
      ).toHaveLength(1);
      expect(send(one, 'TransactionEvent', { ...request, transactionInfo: { transactionId: long } }).duplicate).toBe(
        true,
      );
    }
    expect(writeState(one.state).length).toBeLessThan(4096);
  });

  it('holds no bigint where the charger sent one', () => {
    const one = charger(version);
    const huge = 9223372036854775807n;
    if (version === '1.6') {
      send(one, 'StatusNotification', { connectorId: huge, errorCode: 'NoError', status: 'Available' });
      send(one, 'StartTransaction', { connectorId: huge, idTag: 'GOOD', meterStart: huge, timestamp: 'x' });
      send(one, 'StopTransaction', { transactionId: huge, meterStop: huge, timestamp: 'x' });
    } else {
      send(one, 'StatusNotification', {
        evseId: huge,
        connectorId: huge,
        connectorStatus: 'Available',
        timestamp: 'x',
      });
      const request = SAMPLES_V21['TransactionEvent'];
      send(one, 'TransactionEvent', { ...request, seqNo: huge, evse: { id: huge, connectorId: huge } });
    }
    expect(plain(one.state)).toBe(true);
  });
});

function plain(value: unknown): boolean {
  if (value === undefined || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(plain);
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(plain)
  );
}
