/** The OCPP language: versions, actions, payload types, frames, validation, error codes. Pure: no IO, no clock. */

export type { ActionInfo, ActionOf, ChargerActionOf, CsmsActionOf } from './actions.ts';
export { actionInfo, actionsOf, isChargerAction, isCsmsAction } from './actions.ts';
export type { NeutralErrorCode } from './error-codes.ts';
export { errorCode, isErrorCode, NEUTRAL_ERROR_CODES, neutralErrorCode } from './error-codes.ts';
export type {
  CallFrame,
  ErrorFrame,
  FaultFrame,
  Frame,
  InvalidFrame,
  InvalidReason,
  RequestFrame,
  ResultErrorFrame,
  ResultFrame,
  SendFrame,
} from './frame.ts';
export {
  ERROR_DESCRIPTION_LENGTH_MAX,
  formatCall,
  formatError,
  formatResult,
  formatResultError,
  formatSend,
  INVALID_REASONS,
  MESSAGE_ID_LENGTH_MAX,
} from './frame.ts';
export type { JsonObject } from './json.ts';
export { isJsonObject, JSON_DEPTH_MAX, JsonError, parseJson, stringifyJson } from './json.ts';
export type { Deviation, Mended } from './mend.ts';
export { DEVIATIONS, mend } from './mend.ts';
export { parseFrame } from './parse-frame.ts';
export type { RequestOf, ResponseOf } from './payloads.ts';
export { maskAnswer, maskError, maskSecrets, maskUnreadable } from './secrets.ts';
export type { PayloadDirection, ValidationMode, Violation } from './validate.ts';
export { validate } from './validate.ts';
export type { OcppVersion } from './version.ts';
export { OCPP_VERSIONS, SUBPROTOCOLS, versionOfSubprotocol } from './version.ts';
