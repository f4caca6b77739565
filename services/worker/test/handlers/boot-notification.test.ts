import { EMPTY_STATE } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import type { RegistrationVerdict } from '../../src/domain/policy.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import type { Version } from '../domain/context.ts';
import { charger, NOW, payloadOf, send } from '../domain/context.ts';
import { SAMPLES_V16, SAMPLES_V201 } from './samples.ts';

const BOOTS: Record<Version, unknown> = {
  '1.6': {
    ...SAMPLES_V16['BootNotification'],
    chargePointSerialNumber: 'S1',
    chargeBoxSerialNumber: 'B1',
    meterType: 'M',
  },
  '2.0.1': SAMPLES_V201['BootNotification'],
  '2.1': SAMPLES_V201['BootNotification'],
};
const VERSIONS: Version[] = ['1.6', '2.0.1', '2.1'];
const VERDICTS: [RegistrationVerdict, number][] = [
  ['Accepted', 240],
  ['Pending', 30],
  ['Rejected', 30],
];

describe.each(VERSIONS)('%s BootNotification', (version) => {
  it.each(VERDICTS)('is answered %s, with interval %s', (registration, interval) => {
    const policy = { ...DEFAULT_POLICY, registration, heartbeatIntervalS: 240, bootRetryIntervalS: 30 };
    const one = charger(version, { policy, state: EMPTY_STATE });
    const decision = send(one, 'BootNotification', BOOTS[version]);
    expect(payloadOf(decision)).toEqual({ status: registration, currentTime: NOW, interval });
    expect(one.state).toMatchObject({ registration, vendor: 'Acme' });
    expect(decision.events).toMatchObject([
      { kind: 'charger.booted', at: NOW, data: { status: registration, vendor: 'Acme', serialNumber: 'S1' } },
    ]);
  });
});

describe('a boot', () => {
  it('of 2.x says why and which SIM card', () => {
    const one = charger('2.0.1');
    send(one, 'BootNotification', BOOTS['2.0.1']);
    expect(one.events[0]?.data).toMatchObject({ reason: 'PowerUp', iccid: '1', imsi: '2' });
  });

  it('leaves open transactions open, names them, and their end still comes', () => {
    const one = charger('1.6');
    send(one, 'StartTransaction', { connectorId: 1, idTag: 'GOOD', meterStart: 0, timestamp: NOW });
    const key = one.state.open[0]?.key;
    const booted = send(one, 'BootNotification', BOOTS['1.6']);
    expect(booted.events[0]?.data).toMatchObject({ openTransactions: [key] });
    expect(one.state.open).toHaveLength(1);
    const stop = send(one, 'StopTransaction', {
      transactionId: 1_000_001,
      meterStop: 5,
      timestamp: NOW,
      reason: 'PowerLoss',
    });
    expect(stop.events[0]?.data).toMatchObject({ matched: true, transactionKey: key });
  });

  it('with other firmware replaces what was known', () => {
    const one = charger('1.6');
    send(one, 'BootNotification', BOOTS['1.6']);
    send(one, 'BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Other' });
    expect(one.state).toMatchObject({ model: 'Other', firmwareVersion: undefined });
  });
});
