/**
 * Uplink messages as bytes. Places, after `[version, kind, tenant, charger, edge, session, ocppVersion, seq`:
 *
 *     1 sessionOpened   openedAtMs, remoteAddress, securityProfile
 *     2 call            messageId, action, payload, receivedAtMs, budgetMs, send, violationCode | nil, violationDescription | nil, deviations
 *     3 answer          commandId, outcome, a, b, c     1 result: payload · 2 error: code, description, details · 3 timeout · 4 lost: reason
 *     4 sessionClosed   closedAtMs, code, reason
 *
 * `ocppVersion` is 1 (1.6), 2 (2.0.1), 3 (2.1); `deviations` are joined by line feeds.
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

const SESSION_OPENED = 1;
const CALL = 2;
const ANSWER = 3;
const SESSION_CLOSED = 4;

const RESULT = 1;
const ERROR = 2;
const TIMEOUT = 3;
const LOST = 4;

const NO_DEVIATIONS: readonly string[] = Object.freeze([]);

/** Bytes of an uplink message. WireError `unencodable` for a time that is none or a deviation that cannot be listed. */
export function encodeUplink(message: Uplink): Uint8Array {
  const version = versionNumber(message.version);
  switch (message.kind) {
    case 'call':
      return pack([
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
      ]);
    case 'answer':
      return encodeAnswer(message, version);
    case 'sessionOpened':
      return pack([
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
      ]);
    case 'sessionClosed':
      return pack([
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
      ]);
  }
}

function encodeAnswer(message: UplinkAnswer, version: number): Uint8Array {
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
  return pack([
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
  ]);
}

/** The uplink message of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeUplink(bytes: Uint8Array): Uplink {
  const fields = openEnvelope(bytes);
  switch (fields[1]) {
    case CALL:
      return readCall(fields);
    case ANSWER:
      return { ...readHeader(fields), kind: 'answer', seq: readCount(fields, 7, 'seq'), ...readAnswer(fields) };
    case SESSION_OPENED:
      if (fields[7] !== 0) throw malformed('sessionOpened has a seq other than 0');
      return {
        ...readHeader(fields),
        kind: 'sessionOpened',
        seq: 0,
        openedAtMs: readCount(fields, 8, 'openedAtMs'),
        remoteAddress: readText(fields, 9, 'remoteAddress'),
        securityProfile: readProfile(fields, 10),
      };
    case SESSION_CLOSED:
      return {
        ...readHeader(fields),
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

function readHeader(fields: Fields): SessionHeader {
  const tenant = fields[2];
  const chargerId = fields[3];
  const edgeId = fields[4];
  const sessionId = fields[5];
  if (typeof tenant !== 'string' || !isTenant(tenant)) throw malformed('tenant');
  if (typeof chargerId !== 'string' || !isChargerId(chargerId)) throw malformed('chargerId');
  if (typeof edgeId !== 'string' || !isEdgeId(edgeId)) throw malformed('edgeId');
  if (typeof sessionId !== 'string' || !isSessionId(sessionId)) throw malformed('sessionId');
  return { tenant, chargerId, edgeId, sessionId, version: readVersion(fields[6]) };
}

/** Hot: built in one literal, without spreads. */
function readCall(fields: Fields): UplinkCall {
  const header = readHeader(fields);
  const deviations = readText(fields, 16, 'deviations');
  const call = {
    tenant: header.tenant,
    chargerId: header.chargerId,
    edgeId: header.edgeId,
    sessionId: header.sessionId,
    version: header.version,
    kind: 'call' as const,
    seq: readCount(fields, 7, 'seq'),
    messageId: readText(fields, 8, 'messageId'),
    action: readText(fields, 9, 'action'),
    payload: readText(fields, 10, 'payload'),
    receivedAtMs: readCount(fields, 11, 'receivedAtMs'),
    budgetMs: readCount(fields, 12, 'budgetMs'),
    send: readFlag(fields, 13, 'send'),
    deviations: deviations === '' ? NO_DEVIATIONS : deviations.split('\n'),
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

function readVersion(value: unknown): WireOcppVersion {
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

function versionNumber(version: WireOcppVersion): number {
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
