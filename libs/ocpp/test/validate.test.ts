import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  OCPP_VERSIONS,
  type OcppVersion,
  type PayloadDirection,
  parseJson,
  validate,
} from '../src/index.ts';

type Spot = readonly [
  version: OcppVersion,
  action: string,
  direction: PayloadDirection,
  payload: unknown,
  strict: string,
  lenient: string,
];

const AT = '2024-03-01T10:00:00Z';
const boot = { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V' } };
const event = {
  eventType: 'Started',
  timestamp: AT,
  triggerReason: 'Authorized',
  seqNo: 0,
  transactionInfo: { transactionId: 't-1' },
};
const stream = { id: 1, pending: 0, basetime: AT, data: [{ t: 0.5, v: '230' }] };

// Twenty messages, valid and invalid, across versions, security and SEND: expected code in strict and in lenient mode.
const SPOTS: readonly Spot[] = [
  ['1.6', 'BootNotification', 'request', { chargePointVendor: 'V', chargePointModel: 'M' }, 'ok', 'ok'],
  ['1.6', 'BootNotification', 'request', { chargePointVendor: '', chargePointModel: 'M' }, 'ok', 'ok'],
  [
    '1.6',
    'BootNotification',
    'request',
    { chargePointModel: 'M' },
    'OccurenceConstraintViolation',
    'OccurenceConstraintViolation',
  ],
  [
    '1.6',
    'BootNotification',
    'request',
    { chargePointVendor: 'V', chargePointModel: 'M', x: 1 },
    'FormationViolation',
    'ok',
  ],
  ['1.6', 'Authorize', 'request', { idTag: 'x'.repeat(21) }, 'PropertyConstraintViolation', 'ok'],
  ['1.6', 'Authorize', 'request', { idTag: 5 }, 'TypeConstraintViolation', 'TypeConstraintViolation'],
  ['1.6', 'Heartbeat', 'request', [], 'FormationViolation', 'FormationViolation'],
  [
    '1.6',
    'MeterValues',
    'request',
    { connectorId: 1, meterValue: [{ timestamp: AT, sampledValue: [{ value: '1', unit: 'Hertz' }] }] },
    'PropertyConstraintViolation',
    'ok',
  ],
  [
    '1.6',
    'StatusNotification',
    'request',
    { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp: '2024-03-01 10:00' },
    'PropertyConstraintViolation',
    'ok',
  ],
  ['1.6', 'SecurityEventNotification', 'request', { type: 'MyOwnEvent', timestamp: AT }, 'ok', 'ok'],
  [
    '1.6',
    'CertificateSigned',
    'response',
    { status: 'accepted' },
    'PropertyConstraintViolation',
    'PropertyConstraintViolation',
  ],
  ['1.6', 'RemoteStartTransaction', 'response', { status: 'Accepted' }, 'ok', 'ok'],
  ['2.0.1', 'BootNotification', 'request', { ...boot, customData: { vendorId: 'v', any: [1] } }, 'ok', 'ok'],
  ['2.0.1', 'BootNotification', 'request', { ...boot, extra: true }, 'ProtocolError', 'ok'],
  ['2.0.1', 'TransactionEvent', 'request', event, 'ok', 'ok'],
  ['2.0.1', 'TransactionEvent', 'request', { ...event, meterValue: [] }, 'OccurrenceConstraintViolation', 'ok'],
  [
    '2.0.1',
    'TransactionEvent',
    'request',
    { ...event, seqNo: 1.5 },
    'TypeConstraintViolation',
    'TypeConstraintViolation',
  ],
  ['2.1', 'NotifyPeriodicEventStream', 'request', stream, 'ok', 'ok'],
  [
    '2.1',
    'NotifyPeriodicEventStream',
    'request',
    { ...stream, data: [{ t: 0.5 }] },
    'OccurrenceConstraintViolation',
    'OccurrenceConstraintViolation',
  ],
  [
    '2.1',
    'SetDERControl',
    'request',
    { isDefault: false, controlId: 'c', controlType: 'Nonsense' },
    'PropertyConstraintViolation',
    'ok',
  ],
];

describe('validate', () => {
  it.each(SPOTS)('%s %s %s %j: strict %s, lenient %s', (version, action, direction, payload, strict, lenient) => {
    expect(validate(version, action, direction, payload, 'strict')?.code ?? 'ok').toBe(strict);
    expect(validate(version, action, direction, payload, 'lenient')?.code ?? 'ok').toBe(lenient);
  });

  it('has a check for the request of every action and for the response of every CALL', () => {
    for (const version of OCPP_VERSIONS)
      for (const { action, kind } of actionsOf(version))
        for (const mode of ['strict', 'lenient'] as const) {
          // A text is no payload of anything, so only a missing check would accept it.
          expect(validate(version, action, 'request', 'x', mode)?.path).toBe('');
          expect(validate(version, action, 'response', 'x', mode)?.description).toBe(
            kind === 'send' ? 'payload must be empty' : 'payload must be object',
          );
        }
  });

  it('accepts every 1.6 limit with one decimal and refuses two decimals', () => {
    const withLimit = (limit: number): unknown => ({
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
      },
    });
    for (let tenths = 0; tenths <= 800; tenths++)
      expect(
        validate('1.6', 'SetChargingProfile', 'request', withLimit(Number((tenths / 10).toFixed(1))), 'strict'),
      ).toBeUndefined();
    expect(validate('1.6', 'SetChargingProfile', 'request', withLimit(16.05), 'strict')).toMatchObject({
      code: 'PropertyConstraintViolation',
      path: '/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit',
    });
  });

  it('accepts a bigint where the schema says integer, and nowhere else', () => {
    const big = (text: string): unknown => parseJson(text);
    const stop = `{"transactionId":9223372036854775807,"meterStop":1,"timestamp":"${AT}"}`;
    const id = 9223372036854775807n;
    for (const mode of ['strict', 'lenient'] as const) {
      expect(validate('1.6', 'StopTransaction', 'request', big(stop), mode)).toBeUndefined();
      expect(validate('2.0.1', 'TransactionEvent', 'request', { ...event, seqNo: id }, mode)).toBeUndefined();
      expect(validate('1.6', 'Authorize', 'request', { idTag: id }, mode)?.code).toBe('TypeConstraintViolation');
      expect(validate('2.0.1', 'BootNotification', 'request', { ...boot, chargingStation: id }, mode)?.path).toBe(
        '/chargingStation',
      );
    }
    // The first fault that remains is the one reported.
    expect(
      validate('1.6', 'StopTransaction', 'request', { transactionId: id, meterStop: 'x', timestamp: AT }, 'strict')
        ?.path,
    ).toBe('/meterStop');
    expect(
      validate('2.0.1', 'DataTransfer', 'request', { vendorId: 'v', data: { any: [id] } }, 'strict'),
    ).toBeUndefined();
  });

  it('describes the place and the rule in at most 255 characters and shows no value', () => {
    const violation = validate(
      '1.6',
      'StatusNotification',
      'request',
      { connectorId: 1, errorCode: 'secret', status: 'Charging' },
      'strict',
    );
    expect(violation).toEqual({
      code: 'PropertyConstraintViolation',
      description: '/errorCode must be equal to one of the allowed values',
      path: '/errorCode',
    });
    expect(validate('1.6', 'Heartbeat', 'request', { secret: 1 }, 'strict')?.description).not.toContain('secret');
  });

  it('refuses an unknown action, and a non-empty answer to a SEND', () => {
    expect(validate('1.6', 'TransactionEvent', 'request', {}, 'lenient')?.code).toBe('NotImplemented');
    expect(validate('2.1', '__proto__', 'request', {}, 'strict')?.code).toBe('NotImplemented');
    expect(validate('2.1', 'NotifyPeriodicEventStream', 'response', {}, 'strict')).toBeUndefined();
    expect(validate('2.1', 'NotifyPeriodicEventStream', 'response', { a: 1 }, 'strict')?.code).toBe('ProtocolError');
  });

  it('does not take properties from a prototype or from __proto__', () => {
    const payload = parseJson('{"__proto__":{"idTag":"x"}}');
    expect(validate('1.6', 'Authorize', 'request', payload, 'strict')?.code).toBe('OccurenceConstraintViolation');
    expect(validate('1.6', 'Heartbeat', 'request', payload, 'strict')?.code).toBe('FormationViolation');
  });

  it('leaves the payload as it is', () => {
    const payload = Object.freeze({ connectorId: '1', extra: null });
    validate('1.6', 'StatusNotification', 'request', payload, 'lenient');
    expect(payload).toEqual({ connectorId: '1', extra: null });
  });

  it.each([
    ['2024-03-01T10:00:00Z', true, true],
    ['2024-03-01T10:00:00.123456789+05:30', true, true],
    ['2024-03-01T10:00:00.1234567890Z', false, true],
    ['2024-03-01 10:00:00Z', false, true],
    ['2024-03-01T10:00Z', false, true],
    ['2024-03-01T10:00:00', false, true],
    ['2024-03-01T10:00:00,5Z', false, true],
    ['2024-03-01T10:00:00+02', false, true],
    ['2024-03-01T10:00:00+0200', false, true],
    ['0001-01-01T00:00:00Z', true, true],
    ['2024-03-01', false, false],
    ['', false, false],
    ['now', false, false],
  ])('date-time %j: strict %s, lenient %s', (timestamp, strict, lenient) => {
    const payload = { type: 'X', timestamp };
    expect(validate('1.6', 'SecurityEventNotification', 'request', payload, 'strict') === undefined).toBe(strict);
    expect(validate('1.6', 'SecurityEventNotification', 'request', payload, 'lenient') === undefined).toBe(lenient);
  });
});
