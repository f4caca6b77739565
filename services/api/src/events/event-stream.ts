/**
 * One client that follows events. It is `live` while the tail's memory covers where it stands: then it takes records from there and
 * costs no consumer. Otherwise it is `behind` and reads the journal with a consumer of its own, until the memory covers it.
 *
 * Invariants
 * 1. Events are written in the order of the journal, each at least once from the position it started at; `position` never skips one
 *    that is wanted.
 * 2. Nothing is kept for a client besides what its socket holds: while that is full, nothing is taken from memory or journal.
 * 3. A slow client delays nobody else: falling out of the memory, it becomes `behind`, and its consumer waits for it.
 */
import type { Journal, StoredRecord, Subscription } from '@voltlane/bus';
import { isBusError } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import { eventFrame, heartbeatFrame } from './event-frame.ts';
import { afterRecord, type EventPosition, firstWanted, positionText } from './event-position.ts';
import { EventRecord } from './event-record.ts';
import { type StreamSelection, subjectSelection, wantsKind, wantsSubject } from './event-selection.ts';
import type { EventTail } from './event-tail.ts';

/** Where a stream writes to. */
export interface EventSink {
  /** False when no more should be written until the sink drains. */
  write(text: string): boolean;
  /** Calls back once, when there is room again. */
  onceDrained(drained: () => void): void;
  /** Ends the response; `at once` without waiting for what was written. */
  end(atOnce: boolean): void;
}

/** What a stream works with. */
export interface StreamPorts {
  readonly journal: Pick<Journal, 'consume'>;
  readonly tail: EventTail;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly onSent: (events: number) => void;
  readonly onCatchUp: () => void;
  readonly onUnreadable: () => void;
}

/** Text written at once. */
const CHUNK_CHARS = 65_536;
/** Before the journal is asked again after the bus failed. */
const RETRY_MS = 1_000;

/** See the head of this file. */
export class EventStream {
  readonly #ports: StreamPorts;
  readonly #selection: StreamSelection;
  readonly #sink: EventSink;
  #position: EventPosition;
  /** The consumer of a stream that is behind; its number tells late callbacks from those of the present one. */
  #reader: Subscription | undefined;
  #round = 0;
  #behind = false;
  #blockedSinceMs: number | undefined;
  #writtenMs: number;
  #onRoom: (() => void) | undefined;
  #open = true;

  constructor(ports: StreamPorts, selection: StreamSelection, sink: EventSink, position: EventPosition) {
    this.#ports = ports;
    this.#selection = selection;
    this.#sink = sink;
    this.#position = position;
    this.#writtenMs = ports.clock.monotonicMs();
  }

  get behind(): boolean {
    return this.#behind;
  }

  /** Since when the client has not read what was written; undefined while it does. */
  get blockedSinceMs(): number | undefined {
    return this.#blockedSinceMs;
  }

  /** Writes something that is no event. */
  say(frame: string): void {
    this.#write(frame);
  }

  /** Says that we are here, when nothing was written since `beforeMs`. */
  heartbeat(beforeMs: number): void {
    if (this.#blockedSinceMs === undefined && this.#writtenMs <= beforeMs) {
      this.#write(heartbeatFrame(positionText(this.#position)));
    }
  }

  /** Takes what the memory has, as far as the client reads it. */
  pump(): void {
    if (!this.#open || this.#behind || this.#blockedSinceMs !== undefined) return;
    const { tail } = this.#ports;
    if (!tail.covers(firstWanted(this.#position))) {
      this.#fallBehind();
      return;
    }
    let text = '';
    tail.visitFrom(firstWanted(this.#position), (record) => {
      text += this.#take(record);
      if (text.length < CHUNK_CHARS) return true;
      const goesOn = this.#write(text);
      text = '';
      return goesOn;
    });
    if (text !== '') this.#write(text);
    // Only when nothing was left behind: records nobody wanted are passed as well.
    if (this.#blockedSinceMs === undefined) this.#passTo(tail.position);
  }

  /** Ends it; `at once` for a client that does not read. */
  close(atOnce: boolean): void {
    if (!this.#open) return;
    this.#open = false;
    this.#endRound();
    this.#onRoom?.();
    this.#sink.end(atOnce);
  }

  #fallBehind(): void {
    this.#behind = true;
    this.#ports.onCatchUp();
    this.#readOn();
  }

  /** One reader from here to the end of the journal as it is now; the memory covers the rest, or another round follows. */
  #readOn(): void {
    const { journal, subjects, tail, clock } = this.#ports;
    const round = this.#round;
    const stored = tail.position;
    const starting = journal.consume(
      subjects.eventFilter(subjectSelection(this.#selection)),
      firstWanted(this.#position),
      (record) => (this.#round === round ? this.#read(record) : undefined),
      () => {
        if (this.#round === round) this.#caughtUp(stored);
      },
    );
    starting.then(
      (reader) => {
        if (this.#round === round) this.#reader = reader;
        else reader.unsubscribe();
      },
      (error: unknown) => {
        if (!isBusError(error)) throw error;
        clock.after(RETRY_MS, () => {
          if (this.#open && this.#round === round) this.#readOn();
        });
      },
    );
  }

  #read(stored: StoredRecord): Promise<void> | void {
    const { subjects, tail, onUnreadable } = this.#ports;
    const subject = subjects.parseEvent(stored.subject);
    if (subject === undefined) return undefined;
    const text = this.#take(new EventRecord(stored, subject, onUnreadable));
    const goesOn = text === '' || this.#write(text);
    if (tail.covers(firstWanted(this.#position))) {
      this.#goLive();
      return undefined;
    }
    if (goesOn) return undefined;
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /** Everything wanted that was stored up to `sequence` has been read. */
  #caughtUp(sequence: number): void {
    this.#passTo(sequence);
    this.#endRound();
    if (this.#ports.tail.covers(firstWanted(this.#position))) this.#goLive();
    else this.#readOn();
  }

  #goLive(): void {
    this.#endRound();
    this.#behind = false;
    this.pump();
  }

  #endRound(): void {
    this.#round += 1;
    this.#reader?.unsubscribe();
    this.#reader = undefined;
  }

  /** Text of what is wanted of a record; the position is behind the record then. */
  #take(record: EventRecord): string {
    const { sequence, subject } = record;
    if (sequence < firstWanted(this.#position)) return '';
    const first = sequence === this.#position.sequence ? this.#position.next : 0;
    let text = '';
    let sent = 0;
    if (wantsSubject(this.#selection, subject)) {
      for (const [index, event] of record.events().entries()) {
        if (index < first || !wantsKind(this.#selection, event.kind)) continue;
        text += eventFrame(`${sequence}-${index}`, event.kind, event.json);
        sent += 1;
      }
    }
    this.#position = afterRecord(sequence);
    if (sent > 0) this.#ports.onSent(sent);
    return text;
  }

  #passTo(sequence: number): void {
    if (sequence >= firstWanted(this.#position)) this.#position = afterRecord(sequence);
  }

  #write(text: string): boolean {
    this.#writtenMs = this.#ports.clock.monotonicMs();
    if (this.#sink.write(text)) return true;
    if (this.#blockedSinceMs === undefined) {
      this.#blockedSinceMs = this.#writtenMs;
      this.#sink.onceDrained(() => this.#drained());
    }
    return false;
  }

  #drained(): void {
    this.#blockedSinceMs = undefined;
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
    this.pump();
  }
}
