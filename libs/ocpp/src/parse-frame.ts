/**
 * Reads a received text as an RPC frame. Never throws, whatever the text.
 *
 * The fast way reads the header by hand and cuts the payload out as text, so that only the payload is parsed and its bytes stay
 * the sender's own. Whatever the fast way does not expect goes the slow way, which parses everything and finds the exact fault.
 * Both ways must agree; a property test compares them.
 *
 * Which faults get an answer (protocol.md §2): a broken CALL always, under its own id, or under "-1" in 2.x when that cannot be
 * read; a broken CALLRESULT only in 2.1; errors and SENDs never; an unknown type number only in 2.0.1.
 */
import { errorCode, type NeutralErrorCode } from './error-codes.ts';
import {
  capDescription,
  type Frame,
  formatError,
  formatResultError,
  type InvalidFrame,
  type InvalidReason,
  MESSAGE_ID_LENGTH_MAX,
} from './frame.ts';
import { ACTION_LENGTH_MAX, ECHOED_ID_LENGTH_MAX, type FrameHeader, isBlank, readFrameHeader } from './frame-header.ts';
import { isJsonObject, JsonError, type JsonObject, parseJson, stringifyJson } from './json.ts';
import { isJws, openJws, SIGNED_SUFFIX } from './signed.ts';
import type { OcppVersion } from './version.ts';

/** Message id of an answer to something whose id cannot be read (2.x). */
const UNREADABLE_ID = '-1';

/** Parses a frame received from a peer that negotiated this version. */
export function parseFrame(text: string, version: OcppVersion): Frame {
  const trimmed = trim(text);
  const header = readFrameHeader(trimmed);
  if (header !== undefined && isMessageType(header.type, version)) {
    const frame = parseFast(trimmed, header, version);
    if (frame !== undefined) return frame;
  }
  return parseSlow(trimmed, header, version);
}

function parseFast(text: string, header: FrameHeader, version: OcppVersion): Frame | undefined {
  if (header.type === 4 || header.type === 5 || text.charCodeAt(header.next) !== 123) return undefined;
  if (header.messageId.length === 0 || header.messageId.length > MESSAGE_ID_LENGTH_MAX) return undefined;
  let end = text.length - 1;
  if (text.charCodeAt(end) !== 93) return undefined;
  while (isBlank(text.charCodeAt(end - 1))) end--;
  const payloadText = text.slice(header.next, end);
  let payload: unknown;
  try {
    payload = parseJson(payloadText);
  } catch {
    return undefined; // the slow way finds out what is wrong and says so
  }
  return isJsonObject(payload)
    ? finish(header.type, header.messageId, header.action, payload, payloadText, version)
    : undefined;
}

function parseSlow(text: string, header: FrameHeader | undefined, version: OcppVersion): Frame {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const reason: InvalidReason =
      error instanceof JsonError && error.code !== 'malformed' ? error.code : 'malformed-json';
    const type = header !== undefined && isMessageType(header.type, version) ? header.type : undefined;
    return invalid(version, reason, type, type === undefined ? undefined : header?.messageId, 'FormatViolation');
  }
  if (!Array.isArray(value)) return invalid(version, 'not-an-array', undefined, undefined, 'RpcFrameworkError');
  const elements: readonly unknown[] = value;
  const type = elements[0];
  const id = readableId(elements[1]);
  if (typeof type !== 'number') {
    const reason = elements.length === 0 ? 'too-short' : 'message-type-invalid';
    return invalid(version, reason, undefined, id, 'RpcFrameworkError');
  }
  if (!isMessageType(type, version))
    return invalid(version, 'message-type-unknown', type, id, 'MessageTypeNotSupported');
  const fault = idFault(elements);
  if (fault !== undefined) return invalid(version, fault, type, id, 'RpcFrameworkError');
  const messageId = String(elements[1]);
  if (type === 4 || type === 5) return errorFrame(type, messageId, elements, version);
  return withPayload(type, messageId, elements, version);
}

function withPayload(type: number, messageId: string, elements: readonly unknown[], version: OcppVersion): Frame {
  const hasAction = type !== 3;
  const action = hasAction ? elements[2] : undefined;
  if (
    hasAction &&
    elements.length > 2 &&
    (typeof action !== 'string' || action.length === 0 || action.length > ACTION_LENGTH_MAX)
  )
    return invalid(version, 'action-invalid', type, messageId, 'FormatViolation');
  const at = hasAction ? 3 : 2;
  if (elements.length < at) return invalid(version, 'too-short', type, messageId, 'FormatViolation');
  if (elements.length === at) return invalid(version, 'payload-missing', type, messageId, 'FormatViolation');
  if (elements.length > at + 1) return invalid(version, 'too-long', type, messageId, 'FormatViolation');
  // null stands for an empty payload in the field (1.6 calls it bad practice only).
  const payload = elements[at] === null ? {} : elements[at];
  if (!isJsonObject(payload)) return invalid(version, 'payload-not-object', type, messageId, 'FormatViolation');
  return finish(
    type,
    messageId,
    typeof action === 'string' ? action : undefined,
    payload,
    stringifyJson(payload),
    version,
  );
}

function finish(
  type: number,
  messageId: string,
  action: string | undefined,
  payload: JsonObject,
  payloadText: string,
  version: OcppVersion,
): Frame {
  if (version !== '1.6' && (action === undefined ? isJws(payload) : action.endsWith(SIGNED_SUFFIX))) {
    const inner = openJws(payload);
    if (inner === undefined) return invalid(version, 'signature-malformed', type, messageId, 'FormatViolation');
    return build(type, messageId, action?.slice(0, -SIGNED_SUFFIX.length), inner.payload, inner.text, true);
  }
  return build(type, messageId, action, payload, payloadText, false);
}

function build(
  type: number,
  messageId: string,
  action: string | undefined,
  payload: JsonObject,
  payloadText: string,
  signed: boolean,
): Frame {
  if (action === undefined) return { kind: 'result', messageId, payload, payloadText, signed };
  return { kind: type === 6 ? 'send' : 'call', messageId, action, payload, payloadText, signed };
}

/** Tolerant: there is nobody to complain to about a bad CALLERROR, and the call it ends must end. */
function errorFrame(type: 4 | 5, messageId: string, elements: readonly unknown[], version: OcppVersion): Frame {
  if (elements.length < 3) return invalid(version, 'too-short', type, messageId, 'FormatViolation');
  if (elements.length > 5) return invalid(version, 'too-long', type, messageId, 'FormatViolation');
  const [, , code, description, given] = elements;
  const details: JsonObject = isJsonObject(given)
    ? given
    : typeof given === 'string' && given !== ''
      ? { text: given }
      : {};
  return {
    kind: type === 4 ? 'error' : 'resultError',
    messageId,
    code: typeof code === 'string' && code !== '' ? capDescription(code) : 'GenericError',
    description: typeof description === 'string' ? capDescription(description) : '',
    details,
    detailsText: stringifyJson(details),
  };
}

const EXPLANATIONS: Readonly<Record<InvalidReason, string>> = {
  'malformed-json': 'message is not JSON',
  'too-deep': 'message is nested too deeply',
  'number-out-of-range': 'message holds a number out of range',
  'not-an-array': 'message is not an array',
  'too-short': 'message has too few elements',
  'too-long': 'message has too many elements',
  'message-type-invalid': 'message type is not a number',
  'message-type-unknown': 'message type is not supported',
  'message-id-not-string': 'message id is not a string',
  'message-id-empty': 'message id is empty',
  'message-id-too-long': `message id is longer than ${MESSAGE_ID_LENGTH_MAX} characters`,
  'action-invalid': 'action is not a name',
  'payload-missing': 'payload is missing',
  'payload-not-object': 'payload is not an object',
  'signature-malformed': 'signed payload is not a flattened JWS of an object',
};

function invalid(
  version: OcppVersion,
  reason: InvalidReason,
  messageType: number | undefined,
  id: string | undefined,
  code: NeutralErrorCode,
): InvalidFrame {
  const description = EXPLANATIONS[reason];
  return { kind: 'invalid', reason, answer: answerTo(), description, messageType, messageId: id };

  function answerTo(): string | undefined {
    if (reason === 'message-type-unknown')
      return version === '2.0.1'
        ? formatError(version, id ?? UNREADABLE_ID, errorCode(version, code), description)
        : undefined;
    if (messageType === 3)
      return version === '2.1' && id !== undefined ? formatResultError(id, code, description) : undefined;
    if (messageType !== undefined && messageType !== 2) return undefined;
    if (id !== undefined && messageType === 2) return formatError(version, id, code, description);
    return version === '1.6' ? undefined : formatError(version, id ?? UNREADABLE_ID, 'RpcFrameworkError', description);
  }
}

function isMessageType(type: number, version: OcppVersion): boolean {
  return type === 2 || type === 3 || type === 4 || (version === '2.1' && (type === 5 || type === 6));
}

function idFault(elements: readonly unknown[]): InvalidReason | undefined {
  if (elements.length < 2) return 'too-short';
  const id = elements[1];
  if (typeof id !== 'string') return 'message-id-not-string';
  if (id.length === 0) return 'message-id-empty';
  return id.length > MESSAGE_ID_LENGTH_MAX ? 'message-id-too-long' : undefined;
}

/** The id as text, for an echo, when the sender can be expected to recognise it. */
function readableId(id: unknown): string | undefined {
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  return typeof id === 'string' && id.length > 0 && id.length <= ECHOED_ID_LENGTH_MAX ? id : undefined;
}

/** Without the NULs, blanks and byte order mark that some stacks leave around a frame. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isPadding(text.charCodeAt(from))) from++;
  while (to > from && isPadding(text.charCodeAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

function isPadding(unit: number): boolean {
  return isBlank(unit) || unit === 0 || unit === 0xfeff;
}
