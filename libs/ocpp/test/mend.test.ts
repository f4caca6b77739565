import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEVIATIONS,
  isJsonObject,
  type JsonObject,
  mend,
  OCPP_VERSIONS,
  type OcppVersion,
  parseJson,
  validate,
} from '../src/index.ts';

const AT = '2024-03-01T10:00:00Z';
const status = { connectorId: 1, errorCode: 'NoError', status: 'Charging' };
const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
const event = {
  eventType: 'Started',
  timestamp: AT,
  triggerReason: 'Authorized',
  seqNo: 0,
  transactionInfo: { transactionId: 't-1' },
};

type Case = readonly [
  version: OcppVersion,
  action: string,
  given: JsonObject,
  mended: JsonObject,
  deviations: readonly string[],
];

const CASES: readonly Case[] = [
  ['1.6', 'BootNotification', { ...boot, chargePointModel: ' M\n' }, boot, ['trimmed']],
  ['1.6', 'BootNotification', { ...boot, iccid: null, imsi: '' }, boot, ['null-dropped', 'empty-dropped']],
  ['1.6', 'BootNotification', { ...boot, chargePointVendor: '' }, { ...boot, chargePointVendor: '' }, []],
  ['1.6', 'StatusNotification', { ...status, connectorId: '1' }, status, ['text-for-number']],
  ['1.6', 'StatusNotification', { ...status, connectorId: ' 1 ' }, status, ['text-for-number']],
  [
    '1.6',
    'StatusNotification',
    { ...status, vendorErrorCode: 5 },
    { ...status, vendorErrorCode: '5' },
    ['number-for-text'],
  ],
  ['1.6', 'StatusNotification', { ...status, status: 'charging' }, status, ['enum-case']],
  [
    '1.6',
    'StatusNotification',
    { ...status, errorCode: 'Error' },
    { ...status, errorCode: 'Error' },
    ['unknown-enum-value'],
  ],
  [
    '1.6',
    'StatusNotification',
    { ...status, info: 'i'.repeat(101) },
    { ...status, info: 'i'.repeat(101) },
    ['text-too-long'],
  ],
  ['1.6', 'StatusNotification', { ...status, foo: ' x ' }, { ...status, foo: ' x ' }, ['unknown-property']],
  [
    '1.6',
    'StatusNotification',
    { ...status, timestamp: '2024-03-01 10:00+02' },
    { ...status, timestamp: '2024-03-01T10:00:00+02:00' },
    ['date-time'],
  ],
  [
    '1.6',
    'StatusNotification',
    { ...status, timestamp: '2024-03-01t10:00:00,25z' },
    { ...status, timestamp: '2024-03-01T10:00:00.25Z' },
    ['date-time'],
  ],
  [
    '1.6',
    'StatusNotification',
    { ...status, timestamp: '2024-03-01T10:00:00-0330' },
    { ...status, timestamp: '2024-03-01T10:00:00-03:30' },
    ['date-time'],
  ],
  [
    '1.6',
    'StatusNotification',
    { ...status, timestamp: '2024-03-01T10:00:00' },
    { ...status, timestamp: AT },
    ['date-time-without-zone'],
  ],
  ['1.6', 'StatusNotification', { ...status, timestamp: 'now' }, { ...status, timestamp: 'now' }, []],
  [
    '1.6',
    'MeterValues',
    {
      connectorId: 1,
      transactionId: '9223372036854775807',
      meterValue: [{ timestamp: AT, sampledValue: [{ value: 12.5, unit: 'wh', phase: null }] }],
    },
    {
      connectorId: 1,
      transactionId: 9223372036854775807n,
      meterValue: [{ timestamp: AT, sampledValue: [{ value: '12.5', unit: 'Wh' }] }],
    },
    ['text-for-number', 'number-for-text', 'enum-case', 'null-dropped'],
  ],
  [
    '2.0.1',
    'TransactionEvent',
    { ...event, meterValue: [], idToken: {}, offline: 'False' },
    { ...event, offline: false },
    ['empty-dropped', 'text-for-boolean'],
  ],
  ['2.0.1', 'TransactionEvent', { ...event, evse: { connectorId: null } }, event, ['null-dropped', 'empty-dropped']],
  ['2.0.1', 'MeterValues', { evseId: 1, meterValue: [] }, { evseId: 1, meterValue: [] }, ['list-empty']],
  [
    '2.0.1',
    'DataTransfer',
    { vendorId: 'v', data: { n: null, s: ' x ' } },
    { vendorId: 'v', data: { n: null, s: ' x ' } },
    [],
  ],
  [
    '2.1',
    'NotifyPeriodicEventStream',
    { id: '1', pending: 0, basetime: AT, data: [{ t: '0.5', v: 230 }] },
    { id: 1, pending: 0, basetime: AT, data: [{ t: 0.5, v: '230' }] },
    ['text-for-number', 'number-for-text'],
  ],
];

describe('mend', () => {
  it.each(CASES)('%s %s %o', (version, action, given, mended, deviations) => {
    const before = structuredClone(given);
    expect(mend(version, action, 'request', given)).toEqual({ payload: mended, deviations });
    expect(given).toEqual(before);
  });

  it('gives back the very payload when there was nothing to change', () => {
    expect(mend('1.6', 'StatusNotification', 'request', status).payload).toBe(status);
    expect(mend('2.0.1', 'TransactionEvent', 'request', event).payload).toBe(event);
  });

  it('turns what it mended into what the lenient schema accepts', () => {
    for (const [version, action, given] of CASES) {
      if (given['timestamp'] === 'now') continue;
      expect(
        validate(version, action, 'request', mend(version, action, 'request', given).payload, 'lenient'),
      ).toBeUndefined();
    }
  });

  it('mends responses by the schema of the response', () => {
    expect(
      mend('1.6', 'GetConfiguration', 'response', { configurationKey: [{ key: 'k', readonly: 'true', value: null }] }),
    ).toEqual({
      payload: { configurationKey: [{ key: 'k', readonly: true }] },
      deviations: ['text-for-boolean', 'null-dropped'],
    });
  });

  it('drops no required property, coerces no text that is not exactly a number and knows no unknown action', () => {
    expect(mend('1.6', 'Authorize', 'request', { idTag: null })).toEqual({ payload: { idTag: null }, deviations: [] });
    for (const connectorId of ['', '1x', '0x1', '01', '1e9', 'Infinity', '--1'])
      expect(mend('1.6', 'StatusNotification', 'request', { ...status, connectorId }).payload).toEqual({
        ...status,
        connectorId,
      });
    expect(mend('1.6', 'Nonsense', 'request', { a: null })).toEqual({ payload: { a: null }, deviations: [] });
  });

  it('carries __proto__ as an ordinary property', () => {
    const given = parseJson('{"idTag":" x ","__proto__":{"y":1}}');
    const { payload } = mend('1.6', 'Authorize', 'request', isJsonObject(given) ? given : {});
    expect(JSON.stringify(payload)).toBe('{"idTag":"x","__proto__":{"y":1}}');
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
  });

  it('never throws, and mending twice changes nothing more', () => {
    const names = fc.constantFrom(
      'connectorId',
      'errorCode',
      'status',
      'timestamp',
      'meterValue',
      'sampledValue',
      'value',
      'idToken',
      'evse',
      'id',
      '__proto__',
      'x',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, '', ' 7 ', 'true', 'charging', '2024-03-01 10:00', 5, 5n, true),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('node'), { maxLength: 3 }),
      object: fc.dictionary(names, tie('node'), { maxKeys: 5 }),
    })).object;
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(...OCPP_VERSIONS),
        fc.constantFrom('StatusNotification', 'MeterValues', 'TransactionEvent'),
        (given, version, action) => {
          const once = mend(version, action, 'request', given);
          for (const deviation of once.deviations) expect(DEVIATIONS).toContain(deviation);
          expect(mend(version, action, 'request', once.payload).payload).toBe(once.payload);
          validate(version, action, 'request', once.payload, 'lenient');
        },
      ),
      { numRuns: 2000 },
    );
  });
});
