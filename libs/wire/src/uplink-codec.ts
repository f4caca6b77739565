/**
 * Uplink messages as bytes. Places, after `[version, kind, tenant, charger, edge, session, ocppVersion, seq`:
 *
 *     1 sessionOpened   openedAtMs, remoteAddress, securityProfile
 *     2 call            messageId, action, payload, receivedAtMs, budgetMs, send, violationCode | nil, violationDescription | nil, deviations
 *     3 answer          commandId, outcome, a, b, c     1 result: payload · 2 error: code, description, details · 3 timeout · 4 lost: reason
 *     4 sessionClosed   closedAtMs, code, reason
 *
 * and behind these, in each kind, openedAgoMs (missing from edges that do not say); behind that, in a call that is traced, traceparent
 * (a wrong one counts as missing). `ocppVersion` is 1 (1.6), 2 (2.0.1), 3 (2.1);
 * `deviations` are joined by line feeds.
 */
import {
  ENVELOPE_VERSION,
  type SessionHeader,
  type Uplink,
  type UplinkAnswer,
  type UplinkCall,
  type WireOcppVersion,
} from './envelope.ts';
import { type Fields, malformed, openEnvelope, readCount, readFlag, readText, wholeMs } from './envelope-fields.ts';
import { WireError } from './errors.ts';
import { isChargerId, isEdgeId, isSessionId, isTenant } from './identity.ts';
import { pack } from './msgpack.ts';
import { readTraceparent } from './traceparent.ts';

const SESSION_OPENED = 1;
const CALL = 2;
const ANSWER = 3;
const SESSION_CLOSED = 4;

const RESULT = 1;
const ERROR = 2;
const TIMEOUT = 3;
const LOST = 4;

const NO_DEVIATIONS: readonly string[] = Object.freeze([]);

/** Places of each kind before `openedAgoMs`. */
const SESSION_OPENED_PLACES = 11;
const CALL_PLACES = 17;
const ANSWER_PLACES = 13;
const SESSION_CLOSED_PLACES = 11;
const TRACEPARENT_PLACE: number = CALL_PLACES + 1;

/**
 * Bytes of an uplink message. `openedAgoMs` counts to the sending of this copy, so it comes beside the message. WireError
 * `unencodable` for a time that is none or a deviation that cannot be listed.
 */
export function encodeUplink(message: Uplink, openedAgoMs: number | undefined = message.openedAgoMs): Uint8Array {
  const fields = placesOf(message);
  if (openedAgoMs === undefined) return pack(fields);
  fields.push(wholeMs(openedAgoMs, 'openedAgoMs'));
  if (message.kind === 'call' && message.traceparent !== undefined) fields.push(message.traceparent);
  return pack(fields);
}

function placesOf(message: Uplink): unknown[] {
  const version = versionNumber(message.version);
  switch (message.kind) {
    case 'call':
      return [
        ENVELOPE_VERSION,
        CALL,
        message.tenant,
        message.chargerId,
        message.edgeId,
        message.sessionId,
        version,
        message.seq,
        message.messageId,
        message.action,
        message.payload,
        wholeMs(message.receivedAtMs, 'receivedAtMs'),
        wholeMs(message.budgetMs, 'budgetMs'),
        message.send,
        message.violation === undefined ? null : message.violation.code,
        message.violation === undefined ? null : message.violation.description,
        message.deviations.length === 0 ? '' : joinDeviations(message.deviations),
      ];
    case 'answer':
      return answerPlaces(message, version);
    case 'sessionOpened':
      return [
        ENVELOPE_VERSION,
        SESSION_OPENED,
        message.tenant,
        message.chargerId,
        message.edgeId,
        message.sessionId,
        version,
        message.seq,
        wholeMs(message.openedAtMs, 'openedAtMs'),
        message.remoteAddress,
        message.securityProfile,
      ];
    case 'sessionClosed':
      return [
        ENVELOPE_VERSION,
        SESSION_CLOSED,
        message.tenant,
        message.chargerId,
        message.edgeId,
        message.sessionId,
        version,
        message.seq,
        wholeMs(message.closedAtMs, 'closedAtMs'),
        message.code,
        message.reason,
      ];
  }
}

function answerPlaces(message: UplinkAnswer, version: number): unknown[] {
  const outcome = message.outcome;
  let kind = TIMEOUT;
  let first = '';
  let second = '';
  let third = '';
  switch (outcome.kind) {
    case 'result':
      kind = RESULT;
      first = outcome.payload;
      break;
    case 'error':
      kind = ERROR;
      first = outcome.code;
      second = outcome.description;
      third = outcome.details;
      break;
    case 'lost':
      kind = LOST;
      first = outcome.reason;
      break;
    case 'timeout':
      break;
  }
  return [
    ENVELOPE_VERSION,
    ANSWER,
    message.tenant,
    message.chargerId,
    message.edgeId,
    message.sessionId,
    version,
    message.seq,
    message.commandId,
    kind,
    first,
    second,
    third,
  ];
}

/** The uplink message of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeUplink(bytes: Uint8Array): Uplink {
  const fields = openEnvelope(bytes);
  switch (fields[1]) {
    case CALL:
      return readCall(fields);
    case ANSWER:
      return {
        ...readHeader(fields, ANSWER_PLACES),
        kind: 'answer',
        seq: readCount(fields, 7, 'seq'),
        ...readAnswer(fields),
      };
    case SESSION_OPENED:
      if (fields[7] !== 0) throw malformed('sessionOpened has a seq other than 0');
      return {
        ...readHeader(fields, SESSION_OPENED_PLACES),
        kind: 'sessionOpened',
        seq: 0,
        openedAtMs: readCount(fields, 8, 'openedAtMs'),
        remoteAddress: readText(fields, 9, 'remoteAddress'),
        securityProfile: readProfile(fields, 10),
      };
    case SESSION_CLOSED:
      return {
        ...readHeader(fields, SESSION_CLOSED_PLACES),
        kind: 'sessionClosed',
        seq: readCount(fields, 7, 'seq'),
        closedAtMs: readCount(fields, 8, 'closedAtMs'),
        code: readCount(fields, 9, 'code'),
        reason: readText(fields, 10, 'reason'),
      };
    default:
      throw malformed('unknown kind of uplink');
  }
}

function readHeader(fields: Fields, agoPlace: number): SessionHeader {
  const tenant = fields[2];
  const chargerId = fields[3];
  const edgeId = fields[4];
  const sessionId = fields[5];
  if (typeof tenant !== 'string' || !isTenant(tenant)) throw malformed('tenant');
  if (typeof chargerId !== 'string' || !isChargerId(chargerId)) throw malformed('chargerId');
  if (typeof edgeId !== 'string' || !isEdgeId(edgeId)) throw malformed('edgeId');
  if (typeof sessionId !== 'string' || !isSessionId(sessionId)) throw malformed('sessionId');
  return {
    tenant,
    chargerId,
    edgeId,
    sessionId,
    version: readVersion(fields[6]),
    openedAgoMs: readAgo(fields, agoPlace),
  };
}

function readAgo(fields: Fields, place: number): number | undefined {
  return fields.length > place ? readCount(fields, place, 'openedAgoMs') : undefined;
}

/** Hot: built in one literal, without spreads. */
function readCall(fields: Fields): UplinkCall {
  const header = readHeader(fields, CALL_PLACES);
  const deviations = readText(fields, 16, 'deviations');
  const call = {
    tenant: header.tenant,
    chargerId: header.chargerId,
    edgeId: header.edgeId,
    sessionId: header.sessionId,
    version: header.version,
    openedAgoMs: header.openedAgoMs,
    kind: 'call' as const,
    seq: readCount(fields, 7, 'seq'),
    messageId: readText(fields, 8, 'messageId'),
    action: readText(fields, 9, 'action'),
    payload: readText(fields, 10, 'payload'),
    receivedAtMs: readCount(fields, 11, 'receivedAtMs'),
    budgetMs: readCount(fields, 12, 'budgetMs'),
    send: readFlag(fields, 13, 'send'),
    deviations: deviations === '' ? NO_DEVIATIONS : deviations.split('\n'),
    traceparent: fields.length > TRACEPARENT_PLACE ? readTraceparent(fields[TRACEPARENT_PLACE]) : undefined,
  };
  if (fields[14] === null) return call;
  const violation = {
    code: readText(fields, 14, 'violationCode'),
    description: readText(fields, 15, 'violationDescription'),
  };
  return { ...call, violation };
}

function readAnswer(fields: Fields): Pick<UplinkAnswer, 'commandId' | 'outcome'> {
  const commandId = readText(fields, 8, 'commandId');
  switch (fields[9]) {
    case RESULT:
      return { commandId, outcome: { kind: 'result', payload: readText(fields, 10, 'payload') } };
    case ERROR: {
      const code = readText(fields, 10, 'code');
      const description = readText(fields, 11, 'description');
      return { commandId, outcome: { kind: 'error', code, description, details: readText(fields, 12, 'details') } };
    }
    case TIMEOUT:
      return { commandId, outcome: { kind: 'timeout' } };
    case LOST:
      return { commandId, outcome: { kind: 'lost', reason: readText(fields, 10, 'reason') } };
    default:
      throw malformed('unknown outcome of an answer');
  }
}

function readProfile(fields: Fields, place: number): number {
  const profile = readCount(fields, place, 'securityProfile');
  if (profile > 3) throw malformed('securityProfile is above 3');
  return profile;
}

/** The OCPP version behind its number. */
export function readVersion(value: unknown): WireOcppVersion {
  switch (value) {
    case 1:
      return '1.6';
    case 2:
      return '2.0.1';
    case 3:
      return '2.1';
    default:
      throw malformed('unknown OCPP version');
  }
}

/** The number of an OCPP version on the wire. */
export function versionNumber(version: WireOcppVersion): number {
  switch (version) {
    case '1.6':
      return 1;
    case '2.0.1':
      return 2;
    case '2.1':
      return 3;
  }
}

function joinDeviations(deviations: readonly string[]): string {
  for (const deviation of deviations) {
    if (deviation === '' || deviation.includes('\n')) {
      throw new WireError('unencodable', 'a deviation is a short code without line feeds');
    }
  }
  return deviations.join('\n');
}
