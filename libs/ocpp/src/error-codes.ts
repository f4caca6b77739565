/**
 * CALLERROR codes. One neutral name (the 2.x spelling) per meaning; each version gets its own spelling on the wire, the two 1.6
 * misspellings included, which OCA declared permanent (1.6-J errata 5.1, 5.2). Inbound every spelling is known in every version.
 */
import type { OcppVersion } from './version.ts';

/** Meaning of an error, named as 2.x spells it. */
export type NeutralErrorCode =
  | 'FormatViolation'
  | 'GenericError'
  | 'InternalError'
  | 'MessageTypeNotSupported'
  | 'NotImplemented'
  | 'NotSupported'
  | 'OccurrenceConstraintViolation'
  | 'PropertyConstraintViolation'
  | 'ProtocolError'
  | 'RpcFrameworkError'
  | 'SecurityError'
  | 'TypeConstraintViolation';

const SPELLINGS_16: Readonly<Record<NeutralErrorCode, string>> = {
  FormatViolation: 'FormationViolation',
  GenericError: 'GenericError',
  InternalError: 'InternalError',
  // MessageTypeNotSupported and RpcFrameworkError are not in the 1.6 table; these are the nearest that are.
  MessageTypeNotSupported: 'NotSupported',
  NotImplemented: 'NotImplemented',
  NotSupported: 'NotSupported',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  PropertyConstraintViolation: 'PropertyConstraintViolation',
  ProtocolError: 'ProtocolError',
  RpcFrameworkError: 'FormationViolation',
  SecurityError: 'SecurityError',
  TypeConstraintViolation: 'TypeConstraintViolation',
};

const NEUTRAL: ReadonlyMap<string, NeutralErrorCode> = new Map<string, NeutralErrorCode>([
  ['FormatViolation', 'FormatViolation'],
  ['FormationViolation', 'FormatViolation'],
  ['GenericError', 'GenericError'],
  ['InternalError', 'InternalError'],
  ['MessageTypeNotSupported', 'MessageTypeNotSupported'],
  ['NotImplemented', 'NotImplemented'],
  ['NotSupported', 'NotSupported'],
  ['OccurenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ['OccurrenceConstraintViolation', 'OccurrenceConstraintViolation'],
  ['PropertyConstraintViolation', 'PropertyConstraintViolation'],
  ['ProtocolError', 'ProtocolError'],
  ['RpcFrameworkError', 'RpcFrameworkError'],
  ['SecurityError', 'SecurityError'],
  ['TypeConstraintViolation', 'TypeConstraintViolation'],
]);

/** Every neutral code. */
export const NEUTRAL_ERROR_CODES: readonly NeutralErrorCode[] = [...new Set(NEUTRAL.values())];

/** Spelling of a code in a version. */
export function errorCode(version: OcppVersion, neutral: NeutralErrorCode): string {
  return version === '1.6' ? SPELLINGS_16[neutral] : neutral;
}

/** Meaning of a code in any spelling; undefined when no version knows it. */
export function neutralErrorCode(text: string): NeutralErrorCode | undefined {
  return NEUTRAL.get(text);
}

/** Whether any version knows this code, in any spelling. */
export function isErrorCode(text: string): boolean {
  return NEUTRAL.has(text);
}
