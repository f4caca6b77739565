/**
 * Downlink messages as bytes. Places, after `[version, kind, partition, epoch, session`:
 *
 *     17 reply   seq, outcome, a, b     1 result: payload · 2 error: code, description · 3 noted
 *     18 call    commandId, action, payload, timeoutMs, and traceparent when it is traced
 *     19 close   code, reason
 *
 * Kinds start at 17, so that an uplink that went astray is never read as a downlink.
 */
import { type Downlink, type DownlinkCall, type DownlinkReply, ENVELOPE_VERSION } from './envelope.ts';
import { type Fields, malformed, openEnvelope, readCount, readText, wholeMs } from './envelope-fields.ts';
import { type Epoch, isEpoch, isPartitionId, isSessionId, type PartitionId, type SessionId } from './identity.ts';
import { pack } from './msgpack.ts';
import { readTraceparent } from './traceparent.ts';

const REPLY = 17;
const CALL = 18;
const CLOSE = 19;

const RESULT = 1;
const ERROR = 2;
const NOTED = 3;

/** Bytes of a downlink message. WireError `unencodable` for a time that is none. */
export function encodeDownlink(message: Downlink): Uint8Array {
  switch (message.kind) {
    case 'reply':
      return encodeReply(message);
    case 'call':
      return encodeCall(message);
    case 'close':
      return pack([
        ENVELOPE_VERSION,
        CLOSE,
        message.partition,
        message.epoch,
        message.sessionId,
        message.code,
        message.reason,
      ]);
  }
}

function encodeCall(message: DownlinkCall): Uint8Array {
  const fields: unknown[] = [
    ENVELOPE_VERSION,
    CALL,
    message.partition,
    message.epoch,
    message.sessionId,
    message.commandId,
    message.action,
    message.payload,
    wholeMs(message.timeoutMs, 'timeoutMs'),
  ];
  if (message.traceparent !== undefined) fields.push(message.traceparent);
  return pack(fields);
}

function encodeReply(message: DownlinkReply): Uint8Array {
  const outcome = message.outcome;
  let kind = NOTED;
  let first = '';
  let second = '';
  switch (outcome.kind) {
    case 'result':
      kind = RESULT;
      first = outcome.payload;
      break;
    case 'error':
      kind = ERROR;
      first = outcome.code;
      second = outcome.description;
      break;
    case 'noted':
      break;
  }
  return pack([
    ENVELOPE_VERSION,
    REPLY,
    message.partition,
    message.epoch,
    message.sessionId,
    message.seq,
    kind,
    first,
    second,
  ]);
}

/** The downlink message of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeDownlink(bytes: Uint8Array): Downlink {
  const fields = openEnvelope(bytes);
  const partition = readPartition(fields[2]);
  const epoch = readEpoch(fields[3]);
  const sessionId = readSession(fields[4]);
  switch (fields[1]) {
    case REPLY:
      return {
        kind: 'reply',
        partition,
        epoch,
        sessionId,
        seq: readCount(fields, 5, 'seq'),
        outcome: readOutcome(fields),
      };
    case CALL:
      return {
        kind: 'call',
        partition,
        epoch,
        sessionId,
        commandId: readText(fields, 5, 'commandId'),
        action: readText(fields, 6, 'action'),
        payload: readText(fields, 7, 'payload'),
        timeoutMs: readCount(fields, 8, 'timeoutMs'),
        traceparent: readTraceparent(fields[9]),
      };
    case CLOSE:
      return {
        kind: 'close',
        partition,
        epoch,
        sessionId,
        code: readCount(fields, 5, 'code'),
        reason: readText(fields, 6, 'reason'),
      };
    default:
      throw malformed('unknown kind of downlink');
  }
}

const NOTED_OUTCOME: DownlinkReply['outcome'] = Object.freeze({ kind: 'noted' });

function readOutcome(fields: Fields): DownlinkReply['outcome'] {
  switch (fields[6]) {
    case RESULT:
      return { kind: 'result', payload: readText(fields, 7, 'payload') };
    case ERROR:
      return { kind: 'error', code: readText(fields, 7, 'code'), description: readText(fields, 8, 'description') };
    case NOTED:
      return NOTED_OUTCOME;
    default:
      throw malformed('unknown outcome of a reply');
  }
}

function readPartition(value: unknown): PartitionId {
  if (typeof value !== 'number' || !isPartitionId(value)) throw malformed('partition');
  return value;
}

function readEpoch(value: unknown): Epoch {
  if (typeof value !== 'number' || !isEpoch(value)) throw malformed('epoch');
  return value;
}

function readSession(value: unknown): SessionId {
  if (typeof value !== 'string' || !isSessionId(value)) throw malformed('sessionId');
  return value;
}
