import { describe, expect, it } from 'vitest';
import { shapes } from '../generated/shapes.js';
import {
  CHARGER_ACTIONS_NEW_IN_V21,
  CHARGER_ACTIONS_V201,
  CSMS_ACTIONS_NEW_IN_V21,
  CSMS_ACTIONS_V201,
} from '../src/actions-v2.ts';
import { CHARGER_ACTIONS_V16, CSMS_ACTIONS_V16 } from '../src/actions-v16.ts';
import { actionInfo, actionsOf, isChargerAction, isCsmsAction, OCPP_VERSIONS } from '../src/index.ts';

const count = (table: object): number => Object.keys(table).length;

describe('action tables', () => {
  it('hold as many actions as the spec has', () => {
    expect(OCPP_VERSIONS.map((version) => actionsOf(version).length)).toEqual([39, 64, 91]);
    expect([count(CHARGER_ACTIONS_V16), count(CSMS_ACTIONS_V16)]).toEqual([14, 26]);
    expect([count(CHARGER_ACTIONS_V201), count(CSMS_ACTIONS_V201)]).toEqual([25, 40]);
    expect([count(CHARGER_ACTIONS_NEW_IN_V21), count(CSMS_ACTIONS_NEW_IN_V21)]).toEqual([12, 15]);
  });

  it.each(OCPP_VERSIONS)('agree with the schemas of %s in both directions', (version) => {
    const expected = actionsOf(version).flatMap(({ action, kind }) =>
      kind === 'send' ? [action] : [`${action}Request`, `${action}Response`],
    );
    expect(Object.keys(shapes()[version]?.messages ?? {}).toSorted()).toEqual(expected.toSorted());
  });

  it.each(OCPP_VERSIONS)('have only DataTransfer in both directions in %s', (version) => {
    expect(
      actionsOf(version)
        .filter(({ sender }) => sender === 'both')
        .map(({ action }) => action),
    ).toEqual(['DataTransfer']);
    expect(isChargerAction(version, 'DataTransfer') && isCsmsAction(version, 'DataTransfer')).toBe(true);
  });

  it('mark what a charger queues and retries as transactional', () => {
    const transactional = OCPP_VERSIONS.map((version) =>
      actionsOf(version)
        .filter((info) => info.transactional)
        .map(({ action }) => action),
    );
    expect(transactional).toEqual([
      ['MeterValues', 'StartTransaction', 'StopTransaction'],
      ['TransactionEvent'],
      ['TransactionEvent'],
    ]);
  });

  it('know one SEND, in 2.1', () => {
    const sends = OCPP_VERSIONS.map((version) => actionsOf(version).filter(({ kind }) => kind === 'send').length);
    expect(sends).toEqual([0, 0, 1]);
    expect(actionInfo('2.1', 'NotifyPeriodicEventStream')).toEqual({
      action: 'NotifyPeriodicEventStream',
      sender: 'charger',
      kind: 'send',
      transactional: false,
      feature: 'Diagnostics',
    });
  });

  it.each([
    ['1.6', 'RemoteStartTransaction', 'csms', 'Core'],
    ['1.6', 'SignedUpdateFirmware', 'csms', 'Security'],
    ['1.6', 'SecurityEventNotification', 'charger', 'Security'],
    ['1.6', 'SendLocalList', 'csms', 'LocalAuthListManagement'],
    ['2.0.1', 'TransactionEvent', 'charger', 'Transactions'],
    ['2.0.1', 'NotifyReport', 'charger', 'Provisioning'],
    ['2.1', 'NotifyWebPaymentStarted', 'csms', 'Authorization'],
    ['2.1', 'VatNumberValidation', 'charger', 'Authorization'],
    ['2.1', 'ReportDERControl', 'charger', 'DERControl'],
  ] as const)('in %s say of %s that the %s sends it (%s)', (version, action, sender, feature) => {
    expect(actionInfo(version, action)).toMatchObject({ action, sender, feature, kind: 'call' });
    expect(isChargerAction(version, action)).toBe(sender === 'charger');
    expect(isCsmsAction(version, action)).toBe(sender === 'csms');
  });

  it('do not know the names of other versions, other spellings or object members', () => {
    const names = ['TransactionEvent', 'heartbeat', '', '__proto__', 'constructor', 'toString'];
    for (const name of names) expect(actionInfo('1.6', name)).toBeUndefined();
    expect(actionInfo('2.0.1', 'BatterySwap')).toBeUndefined();
    expect(actionInfo('2.1', 'StartTransaction')).toBeUndefined();
  });
});
