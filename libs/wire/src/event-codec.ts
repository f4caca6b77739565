/**
 * Event records as JSON bytes. The payload of the OCPP message is embedded as the text the charger wrote: no digit of an int64
 * is lost and no blank changes, because it is never parsed on the way.
 */
import { WireError } from './errors.ts';
import {
  EVENT_KINDS,
  EVENT_RECORD_VERSION,
  type EventBody,
  type EventKind,
  type EventRecord,
  type EventSource,
} from './event.ts';
import { parseEventJson, stringifyEventJson } from './event-json.ts';

/** A record whose source still lacks its payload. What is undefined is not written. */
export interface EventRecordDraft extends Omit<EventRecord, 'session' | 'source'> {
  readonly session?: string | undefined;
  readonly source?: EventSourceDraft | undefined;
}

/** A source without its payload. */
export interface EventSourceDraft extends Omit<EventSource, 'deviations' | 'payload'> {
  readonly deviations?: readonly string[] | undefined;
}

const KINDS: ReadonlySet<string> = new Set<string>(EVENT_KINDS);
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes of a record. `payloadText` must be the JSON text of an object as `parseFrame` cut it; it is checked for its braces only.
 * It is required exactly when the record has a source. WireError `unencodable` otherwise.
 */
export function encodeEventRecord(record: EventRecordDraft, payloadText?: string): Uint8Array {
  const { v, tenant, charger, recordedAt, session, events, source } = record;
  if ((source === undefined) !== (payloadText === undefined)) {
    throw new WireError('unencodable', 'an event record has a source and the text of its payload, or neither');
  }
  // In this order, with the source last: the payload goes into its end.
  const text = stringifyEventJson({ v, tenant, charger, recordedAt, session, events, source });
  if (payloadText === undefined) return Buffer.from(text, 'utf8');
  if (!isBraced(payloadText))
    throw new WireError('unencodable', 'the payload of an event record is not the text of a JSON object');
  return Buffer.from(`${text.slice(0, -'}}'.length)},"payload":${payloadText}}}`, 'utf8');
}

/**
 * The record of bytes from the journal. Integers outside ±2^53 come as bigint; events of kinds this version does not know are
 * left out. WireError `newer-version` or `malformed`, nothing else.
 */
export function decodeEventRecord(bytes: Uint8Array): EventRecord {
  const json = parse(bytes);
  if (!isObject(json)) throw malformed('not an object');
  const version = json['v'];
  if (typeof version === 'number' && Number.isInteger(version) && version > EVENT_RECORD_VERSION) {
    throw new WireError(
      'newer-version',
      `event record has version ${version}, this process reads up to ${EVENT_RECORD_VERSION}`,
    );
  }
  if (version !== EVENT_RECORD_VERSION) throw malformed('v');
  const events = json['events'];
  if (!Array.isArray(events)) throw malformed('events');
  const session = json['session'];
  const source = json['source'];
  return {
    v: 1,
    tenant: text(json, 'tenant'),
    charger: text(json, 'charger'),
    recordedAt: text(json, 'recordedAt'),
    ...(session === undefined ? {} : { session: text(json, 'session') }),
    events: readEvents(events),
    ...(source === undefined ? {} : { source: readSource(source) }),
  };
}

function readEvents(events: readonly unknown[]): readonly EventBody[] {
  const bodies: EventBody[] = [];
  for (const event of events) {
    if (!isObject(event)) throw malformed('event');
    const kind = text(event, 'kind');
    const data = event['data'];
    if (!isObject(data)) throw malformed('data');
    if (isEventKind(kind)) bodies.push({ id: text(event, 'id'), kind, at: text(event, 'at'), data });
  }
  return bodies;
}

function readSource(source: unknown): EventSource {
  if (!isObject(source)) throw malformed('source');
  const version = source['version'];
  if (version !== '1.6' && version !== '2.0.1' && version !== '2.1') throw malformed('source.version');
  const deviations = source['deviations'];
  return {
    version,
    action: text(source, 'action'),
    messageId: text(source, 'messageId'),
    receivedAt: text(source, 'receivedAt'),
    ...(deviations === undefined ? {} : { deviations: readDeviations(deviations) }),
    payload: source['payload'],
  };
}

function readDeviations(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw malformed('deviations');
  const deviations: string[] = [];
  for (const deviation of value) {
    if (typeof deviation !== 'string') throw malformed('deviations');
    deviations.push(deviation);
  }
  return deviations;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseEventJson(decoder.decode(bytes));
  } catch (cause) {
    throw new WireError('malformed', 'malformed event record: not JSON', { cause });
  }
}

function text(json: Readonly<Record<string, unknown>>, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw malformed(name);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEventKind(kind: string): kind is EventKind {
  return KINDS.has(kind);
}

function isBraced(payloadText: string): boolean {
  const trimmed = payloadText.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}');
}

function malformed(what: string): WireError {
  return new WireError('malformed', `malformed event record: ${what}`);
}
