/**
 * How a new owner learns which sessions there are, as bytes. Places, after `[version, kind`:
 *
 *     34 question   after, count, then one partition each
 *     35 page       edge, next | nil, count, then of each session: tenant, charger, session, ocppVersion, openedAgoMs
 *
 * The counts stand first, so that places can still be added behind. The kinds are apart from those of uplink and downlink.
 */
import { ENVELOPE_VERSION, type ListedSession, type SessionsPage, type SessionsQuestion } from './envelope.ts';
import { type Fields, malformed, openEnvelope, readCount, readText, wholeMs } from './envelope-fields.ts';
import { isChargerId, isEdgeId, isPartitionId, isSessionId, isTenant, type PartitionId } from './identity.ts';
import { pack } from './msgpack.ts';
import { readVersion, versionNumber } from './uplink-codec.ts';

const QUESTION = 34;
const PAGE = 35;
const QUESTION_START = 4;
const PAGE_START = 5;
const SESSION_PLACES = 5;

/** Bytes of a question. */
export function encodeSessionsQuestion(question: SessionsQuestion): Uint8Array {
  const { partitions, after } = question;
  return pack([ENVELOPE_VERSION, QUESTION, after, partitions.length, ...partitions]);
}

/** The question of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeSessionsQuestion(bytes: Uint8Array): SessionsQuestion {
  const fields = openEnvelope(bytes);
  if (fields[1] !== QUESTION) throw malformed('unknown kind of question');
  const after = readCount(fields, 2, 'after');
  const count = countWithin(fields, 3, QUESTION_START, 1);
  const partitions: PartitionId[] = [];
  for (let place = QUESTION_START; place < QUESTION_START + count; place += 1) {
    const partition = fields[place];
    if (typeof partition !== 'number' || !isPartitionId(partition)) throw malformed('partition');
    partitions.push(partition);
  }
  return { partitions, after };
}

/** Bytes of a page. */
export function encodeSessionsPage(page: SessionsPage): Uint8Array {
  const fields: unknown[] = [ENVELOPE_VERSION, PAGE, page.edgeId, page.next ?? null, page.sessions.length];
  for (const { tenant, chargerId, sessionId, version, openedAgoMs } of page.sessions)
    fields.push(tenant, chargerId, sessionId, versionNumber(version), wholeMs(openedAgoMs, 'openedAgoMs'));
  return pack(fields);
}

/** The page of bytes from the bus. WireError `newer-version` or `malformed`, nothing else. */
export function decodeSessionsPage(bytes: Uint8Array): SessionsPage {
  const fields = openEnvelope(bytes);
  if (fields[1] !== PAGE) throw malformed('unknown kind of page');
  const edgeId = readText(fields, 2, 'edgeId');
  if (!isEdgeId(edgeId)) throw malformed('edgeId');
  const next = fields[3] === null ? undefined : readCount(fields, 3, 'next');
  const count = countWithin(fields, 4, PAGE_START, SESSION_PLACES);
  const sessions: ListedSession[] = [];
  for (let index = 0; index < count; index += 1) {
    const place = PAGE_START + index * SESSION_PLACES;
    const tenant = readText(fields, place, 'tenant');
    const chargerId = readText(fields, place + 1, 'chargerId');
    const sessionId = readText(fields, place + 2, 'sessionId');
    if (!isTenant(tenant)) throw malformed('tenant');
    if (!isChargerId(chargerId)) throw malformed('chargerId');
    if (!isSessionId(sessionId)) throw malformed('sessionId');
    const version = readVersion(fields[place + 3]);
    sessions.push({ tenant, chargerId, edgeId, sessionId, version, openedAgoMs: readCount(fields, place + 4, 'ago') });
  }
  return { edgeId, next, sessions };
}

function countWithin(fields: Fields, place: number, start: number, width: number): number {
  const count = readCount(fields, place, 'count');
  if (start + count * width > fields.length) throw malformed('fewer entries than announced');
  return count;
}
