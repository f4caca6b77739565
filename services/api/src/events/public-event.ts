/**
 * One record of the journal → the events in it, each as a JSON object of its own that says everything: whose it is, what happened, when,
 * by which message. Pure. Kinds this version does not know pass through: the reader ignores those it does not know, and an index in a
 * record must mean the same in every version.
 */
import type { StoredRecord } from '@voltlane/bus';
import { EVENT_RECORD_VERSION, parseEventJson, WireError } from '@voltlane/wire';

/** An event as a backend reads it over HTTP. The fields of `docs/events.md`, of record and event together. */
export interface PublicEvent {
  readonly tenant: string;
  readonly charger: string;
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly session?: string;
  readonly data: unknown;
  /** The OCPP message; absent where there was none. */
  readonly source?: unknown;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The events of a record, in order. WireError `malformed` or `newer-version`, nothing else. */
export function publicEvents(record: Pick<StoredRecord, 'body'>): readonly PublicEvent[] {
  const json = parse(record.body);
  const version = json['v'];
  if (typeof version === 'number' && version > EVENT_RECORD_VERSION) {
    throw new WireError('newer-version', `event record has version ${version}`);
  }
  const events = json['events'];
  if (version !== EVENT_RECORD_VERSION || !Array.isArray(events)) throw malformed('no events');
  const [tenant, charger, recordedAt] = [textOf(json, 'tenant'), textOf(json, 'charger'), textOf(json, 'recordedAt')];
  const session = json['session'] === undefined ? {} : { session: textOf(json, 'session') };
  const source = json['source'] === undefined ? {} : { source: json['source'] };
  return events.map((event: unknown) => {
    if (!isObject(event)) throw malformed('event');
    return {
      tenant,
      charger,
      id: textOf(event, 'id'),
      kind: textOf(event, 'kind'),
      at: textOf(event, 'at'),
      recordedAt,
      ...session,
      data: event['data'],
      ...source,
    };
  });
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json = parseEventJson(decoder.decode(body));
    if (isObject(json)) return json;
  } catch (cause) {
    throw new WireError('malformed', 'malformed event record: not JSON', { cause });
  }
  throw malformed('not an object');
}

function textOf(json: Readonly<Record<string, unknown>>, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw malformed(name);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(what: string): WireError {
  return new WireError('malformed', `malformed event record: ${what}`);
}
