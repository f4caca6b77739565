/**
 * What a trace asks and is told, as bytes. Places, after `[version, kind`:
 *
 *     40 ask      trace, tenant, charger, leaseMs
 *     41 report   edge, n, atMs, what, then for an event: session, and what belongs to it
 *
 *     what 0 mark · 1 full · 2 opened: ocppVersion, openedAgoMs · 3 closed: code, reason
 *          4 frame: out, type, text, bytes, cut, masked, invalid | nil · 5 failed: error
 *
 * A `what` an older reader does not know is `malformed` to it: a line is missing there, and nothing else.
 */
import { ENVELOPE_VERSION } from './envelope.ts';
import { type Fields, malformed, openEnvelope, readCount, readFlag, readText, wholeMs } from './envelope-fields.ts';
import { isChargerId, isEdgeId, isSessionId, isTenant, isTraceId } from './identity.ts';
import { pack } from './msgpack.ts';
import type { TraceAsk, TraceEvent, TraceReport } from './trace.ts';
import { readVersion, versionNumber } from './uplink-codec.ts';

const ASK = 40;
const REPORT = 41;

const MARK = 0;
const FULL = 1;
const OPENED = 2;
const CLOSED = 3;
const FRAME = 4;
const FAILED = 5;
/** Where the fields of an event begin. */
const EVENT_START = 7;

/** Bytes of an ask. */
export function encodeTraceAsk({ traceId, tenant, chargerId, leaseMs }: TraceAsk): Uint8Array {
  return pack([ENVELOPE_VERSION, ASK, traceId, tenant, chargerId, wholeMs(leaseMs, 'leaseMs')]);
}

/** The ask of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeTraceAsk(bytes: Uint8Array): TraceAsk {
  const fields = openEnvelope(bytes);
  if (fields[1] !== ASK) throw malformed('unknown kind of ask');
  const traceId = readText(fields, 2, 'traceId');
  const tenant = readText(fields, 3, 'tenant');
  const chargerId = readText(fields, 4, 'chargerId');
  if (!isTraceId(traceId)) throw malformed('traceId');
  if (!isTenant(tenant)) throw malformed('tenant');
  if (!isChargerId(chargerId)) throw malformed('chargerId');
  return { traceId, tenant, chargerId, leaseMs: readCount(fields, 5, 'leaseMs') };
}

/** Bytes of a report. */
export function encodeTraceReport({ edgeId, n, atMs, said }: TraceReport): Uint8Array {
  const fields: unknown[] = [ENVELOPE_VERSION, REPORT, edgeId, n, wholeMs(atMs, 'atMs')];
  switch (said.kind) {
    case 'mark':
      fields.push(MARK);
      break;
    case 'full':
      fields.push(FULL);
      break;
    case 'event':
      pushEvent(fields, said.sessionId, said.event);
  }
  return pack(fields);
}

function pushEvent(fields: unknown[], session: string, event: TraceEvent): void {
  switch (event.kind) {
    case 'opened':
      fields.push(OPENED, session, versionNumber(event.version), wholeMs(event.openedAgoMs, 'openedAgoMs'));
      return;
    case 'closed':
      fields.push(CLOSED, session, event.code, event.reason);
      return;
    case 'frame': {
      const { direction, type, text, bytes, cut, masked, invalid } = event;
      fields.push(FRAME, session, direction === 'out', type, text, bytes, cut, masked, invalid ?? null);
      return;
    }
    case 'failed':
      fields.push(FAILED, session, event.error);
  }
}

/** The report of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeTraceReport(bytes: Uint8Array): TraceReport {
  const fields = openEnvelope(bytes);
  if (fields[1] !== REPORT) throw malformed('unknown kind of report');
  const edgeId = readText(fields, 2, 'edgeId');
  if (!isEdgeId(edgeId)) throw malformed('edgeId');
  const n = readCount(fields, 3, 'n');
  const atMs = readCount(fields, 4, 'atMs');
  return { edgeId, n, atMs, said: readSaid(fields) };
}

function readSaid(fields: Fields): TraceReport['said'] {
  if (fields[5] === MARK) return { kind: 'mark' };
  if (fields[5] === FULL) return { kind: 'full' };
  const event = readEvent(fields);
  const sessionId = readText(fields, 6, 'sessionId');
  if (!isSessionId(sessionId)) throw malformed('sessionId');
  return { kind: 'event', sessionId, event };
}

function readEvent(fields: Fields): TraceEvent {
  const at = EVENT_START;
  switch (fields[5]) {
    case OPENED:
      return {
        kind: 'opened',
        version: readVersion(fields[at]),
        openedAgoMs: readCount(fields, at + 1, 'openedAgoMs'),
      };
    case CLOSED:
      return { kind: 'closed', code: readCount(fields, at, 'code'), reason: readText(fields, at + 1, 'reason') };
    case FRAME:
      return {
        kind: 'frame',
        direction: readFlag(fields, at, 'out') ? 'out' : 'in',
        type: readText(fields, at + 1, 'type'),
        text: readText(fields, at + 2, 'text'),
        bytes: readCount(fields, at + 3, 'bytes'),
        cut: readFlag(fields, at + 4, 'cut'),
        masked: readFlag(fields, at + 5, 'masked'),
        invalid: fields[at + 6] === null ? undefined : readText(fields, at + 6, 'invalid'),
      };
    case FAILED:
      return { kind: 'failed', error: readText(fields, at, 'error') };
    default:
      throw malformed('unknown kind of event');
  }
}
