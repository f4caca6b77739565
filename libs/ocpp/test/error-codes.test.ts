import { describe, expect, it } from 'vitest';
import { errorCode, isErrorCode, NEUTRAL_ERROR_CODES, neutralErrorCode, OCPP_VERSIONS } from '../src/index.ts';

// The tables of the three specifications, as printed.
const SPEC = {
  '1.6': [
    'NotImplemented',
    'NotSupported',
    'InternalError',
    'ProtocolError',
    'SecurityError',
    'FormationViolation',
    'PropertyConstraintViolation',
    'OccurenceConstraintViolation',
    'TypeConstraintViolation',
    'GenericError',
  ],
  '2.0.1': [
    'FormatViolation',
    'GenericError',
    'InternalError',
    'MessageTypeNotSupported',
    'NotImplemented',
    'NotSupported',
    'OccurrenceConstraintViolation',
    'PropertyConstraintViolation',
    'ProtocolError',
    'RpcFrameworkError',
    'SecurityError',
    'TypeConstraintViolation',
  ],
};

describe('error codes', () => {
  it('leave in the spelling of the version and cover its whole table', () => {
    for (const version of OCPP_VERSIONS) {
      const written = new Set(NEUTRAL_ERROR_CODES.map((neutral) => errorCode(version, neutral)));
      expect([...written].toSorted()).toEqual(SPEC[version === '1.6' ? '1.6' : '2.0.1'].toSorted());
    }
  });

  it.each([
    ['FormatViolation', 'FormationViolation', 'FormatViolation'],
    ['OccurrenceConstraintViolation', 'OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
    ['RpcFrameworkError', 'FormationViolation', 'RpcFrameworkError'],
    ['MessageTypeNotSupported', 'NotSupported', 'MessageTypeNotSupported'],
    ['SecurityError', 'SecurityError', 'SecurityError'],
  ] as const)('spell %s as %s in 1.6 and as %s in 2.x', (neutral, old, current) => {
    expect([errorCode('1.6', neutral), errorCode('2.0.1', neutral), errorCode('2.1', neutral)]).toEqual([
      old,
      current,
      current,
    ]);
  });

  it('are understood in every spelling', () => {
    for (const code of [...SPEC['1.6'], ...SPEC['2.0.1']]) {
      expect(isErrorCode(code)).toBe(true);
      expect(neutralErrorCode(code)).toBeDefined();
    }
    expect(neutralErrorCode('FormationViolation')).toBe('FormatViolation');
    expect(neutralErrorCode('OccurenceConstraintViolation')).toBe('OccurrenceConstraintViolation');
  });

  it.each(['', 'genericerror', '__proto__', 'constructor', 'Timeout'])('do not include %j', (code) => {
    expect(isErrorCode(code)).toBe(false);
  });
});
