/** RPC frames of OCPP-J (message types 2–6): what a parsed one is, and how one is written. Reading is in parse-frame.ts. */
import { errorCode, neutralErrorCode } from './error-codes.ts';
import { type JsonObject, stringifyJson } from './json.ts';
import type { OcppVersion } from './version.ts';

/** Longest message id, in characters (all versions). */
export const MESSAGE_ID_LENGTH_MAX = 36;
/** Longest error description we write or keep, in characters (2.x; used for 1.6 as well). */
export const ERROR_DESCRIPTION_LENGTH_MAX = 255;

/** Why a text is not a frame. A closed list, fit for a metric label. */
export type InvalidReason =
  | 'malformed-json'
  | 'too-deep'
  | 'number-out-of-range'
  | 'not-an-array'
  | 'too-short'
  | 'too-long'
  | 'message-type-invalid'
  | 'message-type-unknown'
  | 'message-id-not-string'
  | 'message-id-empty'
  | 'message-id-too-long'
  | 'action-invalid'
  | 'payload-missing'
  | 'payload-not-object'
  | 'signature-malformed';

/** Every reason, for registering metrics. */
export const INVALID_REASONS: readonly InvalidReason[] = [
  'malformed-json',
  'too-deep',
  'number-out-of-range',
  'not-an-array',
  'too-short',
  'too-long',
  'message-type-invalid',
  'message-type-unknown',
  'message-id-not-string',
  'message-id-empty',
  'message-id-too-long',
  'action-invalid',
  'payload-missing',
  'payload-not-object',
  'signature-malformed',
];

/** A frame with a request in it. */
export interface RequestFrame<Kind extends 'call' | 'send'> {
  readonly kind: Kind;
  readonly messageId: string;
  /** As sent, known or not; without the suffix `-Signed`. */
  readonly action: string;
  readonly payload: JsonObject;
  /** The sender's own text of the payload wherever it could be cut out of the frame; else written anew. */
  readonly payloadText: string;
  /** The payload came inside a JWS (2.x part 4 ch. 7). Its signature was not verified. */
  readonly signed: boolean;
}

/** CALL. */
export type CallFrame = RequestFrame<'call'>;

/** SEND, 2.1 only: never answered. */
export type SendFrame = RequestFrame<'send'>;

/** CALLRESULT. */
export interface ResultFrame {
  readonly kind: 'result';
  readonly messageId: string;
  readonly payload: JsonObject;
  readonly payloadText: string;
  readonly signed: boolean;
}

/** A frame that says what went wrong at the peer. */
export interface FaultFrame<Kind extends 'error' | 'resultError'> {
  readonly kind: Kind;
  readonly messageId: string;
  /** As sent, at most 255 characters; `GenericError` when there was none. */
  readonly code: string;
  /** At most 255 characters. */
  readonly description: string;
  readonly details: JsonObject;
  readonly detailsText: string;
}

/** CALLERROR. */
export type ErrorFrame = FaultFrame<'error'>;

/** CALLRESULTERROR, 2.1 only: the peer could not read a CALLRESULT of ours. */
export type ResultErrorFrame = FaultFrame<'resultError'>;

/** Not a frame. */
export interface InvalidFrame {
  readonly kind: 'invalid';
  readonly reason: InvalidReason;
  /** Frame text that is to be sent back, when an answer is due. */
  readonly answer: string | undefined;
  /** For logs; holds nothing of what was received. */
  readonly description: string;
  /** Message type and id where they could be read: a broken answer still ends the call it belongs to. */
  readonly messageType: number | undefined;
  readonly messageId: string | undefined;
}

/** What a received text turned out to be. */
export type Frame = CallFrame | SendFrame | ResultFrame | ErrorFrame | ResultErrorFrame | InvalidFrame;

/** Text of a CALL. */
export function formatCall(messageId: string, action: string, payloadText: string): string {
  return `[2,${JSON.stringify(messageId)},${JSON.stringify(action)},${payloadText}]`;
}

/** Text of a CALLRESULT. */
export function formatResult(messageId: string, payloadText: string): string {
  return `[3,${JSON.stringify(messageId)},${payloadText}]`;
}

/** Text of a CALLERROR. The code may come in any spelling and leaves in the version's; one nobody knows becomes GenericError. */
export function formatError(
  version: OcppVersion,
  messageId: string,
  code: string,
  description: string,
  details: JsonObject = {},
): string {
  return errorText(4, version, messageId, code, description, details);
}

/** Text of a CALLRESULTERROR (2.1 only). */
export function formatResultError(
  messageId: string,
  code: string,
  description: string,
  details: JsonObject = {},
): string {
  return errorText(5, '2.1', messageId, code, description, details);
}

/** Text of a SEND (2.1 only). */
export function formatSend(messageId: string, action: string, payloadText: string): string {
  return `[6,${JSON.stringify(messageId)},${JSON.stringify(action)},${payloadText}]`;
}

/** Cuts a description to its limit without leaving half a surrogate pair. */
export function capDescription(text: string): string {
  return text.length <= ERROR_DESCRIPTION_LENGTH_MAX
    ? text
    : text.slice(0, ERROR_DESCRIPTION_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, '');
}

function errorText(
  type: 4 | 5,
  version: OcppVersion,
  messageId: string,
  code: string,
  description: string,
  details: JsonObject,
): string {
  const spelled = errorCode(version, neutralErrorCode(code) ?? 'GenericError');
  return `[${type},${JSON.stringify(messageId)},"${spelled}",${JSON.stringify(capDescription(description))},${stringifyJson(details)}]`;
}
