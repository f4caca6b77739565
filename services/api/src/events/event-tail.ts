/**
 * The end of the journal as it grows: one consumer for all streams of the process, and the last records of it in memory. Runs while
 * somebody follows.
 *
 * Invariants
 * 1. Every record above `floor` and up to `position` is in memory; none other is.
 * 2. At most `recordsMax` records and `bytesMax` bytes are. When full, the oldest go: who still needed them reads them from the
 *    journal again.
 * 3. Followers are woken once for all records of a turn, never inside the consumer's callback.
 */
import type { Journal, Subscription } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import { EventRecord } from './event-record.ts';

/** What the tail works with. */
export interface TailPorts {
  readonly journal: Pick<Journal, 'consume' | 'lastSequence'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  /** There is more. */
  readonly wake: () => void;
  readonly onUnreadable: () => void;
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** See the head of this file. */
export class EventTail {
  readonly #ports: TailPorts;
  #subscription: Subscription | undefined;
  #opening: Promise<void> | undefined;
  #records: EventRecord[] = [];
  /** Index of the oldest record kept. */
  #head = 0;
  #bytes = 0;
  #floor = 0;
  #position = 0;
  #waking = false;

  constructor(ports: TailPorts) {
    this.#ports = ports;
  }

  /** Sequence up to which everything has come. */
  get position(): number {
    return this.#position;
  }

  /** Bytes of the records in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Starts following from the end of the journal; resolves when it does. Rejects with BusError. */
  open(): Promise<void> {
    if (this.#subscription !== undefined) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Nobody follows any more. */
  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.#records = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** True when everything from this sequence on is, or will be, in memory. */
  covers(sequence: number): boolean {
    return sequence > this.#floor;
  }

  /** Calls `visit` with the records from this sequence on, until it returns false. */
  visitFrom(sequence: number, visit: (record: EventRecord) => boolean): void {
    for (let at = this.#indexOf(sequence); at < this.#records.length; at += 1) {
      const record = this.#records[at];
      if (record !== undefined && !visit(record)) return;
    }
  }

  async #open(): Promise<void> {
    const { journal, subjects } = this.#ports;
    const last = await journal.lastSequence();
    this.#floor = last;
    this.#position = last;
    const filter = subjects.eventFilter({});
    this.#subscription = await journal.consume(filter, last + 1, (record) => {
      const subject = subjects.parseEvent(record.subject);
      this.#position = record.sequence;
      if (subject !== undefined) this.#push(new EventRecord(record, subject, this.#ports.onUnreadable));
    });
  }

  #push(record: EventRecord): void {
    this.#records.push(record);
    this.#bytes += record.bytes;
    const { recordsMax, bytesMax, clock } = this.#ports;
    while (this.#records.length - this.#head > recordsMax || this.#bytes > bytesMax) this.#dropOldest();
    if (this.#waking) return;
    this.#waking = true;
    clock.after(0, () => {
      this.#waking = false;
      this.#ports.wake();
    });
  }

  #dropOldest(): void {
    const oldest = this.#records[this.#head];
    if (oldest === undefined) return;
    this.#floor = oldest.sequence;
    this.#bytes -= oldest.bytes;
    this.#head += 1;
    if (this.#head < 1_024 || this.#head * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#head);
    this.#head = 0;
  }

  /** Index of the first record kept with at least this sequence. */
  #indexOf(sequence: number): number {
    let low = this.#head;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
