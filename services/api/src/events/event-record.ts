/** A record of the journal on its way to streams: parsed and written out at most once, however many want it, and not at all if nobody does. */
import type { StoredRecord } from '@voltlane/bus';
import { type EventSubject, stringifyEventJson, WireError } from '@voltlane/wire';
import { publicEvents } from './public-event.ts';

/** An event as text. */
export interface WrittenEvent {
  readonly kind: string;
  readonly json: string;
}

/** See the head of this file. */
export class EventRecord {
  readonly sequence: number;
  readonly subject: EventSubject;
  /** Of the body. */
  readonly bytes: number;
  readonly #onUnreadable: () => void;
  #body: Uint8Array | undefined;
  #events: readonly WrittenEvent[] = [];

  constructor(record: StoredRecord, subject: EventSubject, onUnreadable: () => void) {
    this.sequence = record.sequence;
    this.subject = subject;
    this.bytes = record.body.length;
    this.#body = record.body;
    this.#onUnreadable = onUnreadable;
  }

  /** Its events; none when it cannot be read, which is told once. */
  events(): readonly WrittenEvent[] {
    if (this.#body === undefined) return this.#events;
    try {
      this.#events = publicEvents({ body: this.#body }).map((event) => ({
        kind: event.kind,
        json: stringifyEventJson(event),
      }));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#onUnreadable();
    }
    this.#body = undefined;
    return this.#events;
  }
}
