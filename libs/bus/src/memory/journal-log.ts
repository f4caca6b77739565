/**
 * The journal of a memory broker: what is stored, by sequence. Synchronous; the connection adds waiting and faults.
 *
 * Invariants:
 * 1. Sequences are contiguous, and `#records[#head + i]` has sequence `#firstSequence + i`.
 * 2. At most `recordsMax` records are kept; the newest record of each state subject is kept besides, in `#spared`, until it is
 *    overtaken.
 */
import type { Clock } from '@voltlane/time';
import { BusError } from '../errors.ts';
import type { AppendResult, JournalOptions, JournalRecord, JournalTail, RecordResult, StoredRecord } from '../ports.ts';
import { checkHeaders } from '../record.ts';
import { checkSubject, compileFilter } from '../subject.ts';

interface Kept {
  readonly record: StoredRecord;
  readonly takenMs: number;
}

interface SeenId {
  readonly sequence: number;
  readonly takenMs: number;
}

/** A journal. */
export class MemoryJournalLog {
  readonly options: JournalOptions;
  readonly #clock: Clock;
  readonly #recordsMax: number;
  readonly #isState: (subject: string) => boolean;
  readonly #isMeter: (subject: string) => boolean;
  #records: Kept[] = [];
  /** Index of the oldest kept record in `#records`; compacted now and then. */
  #head = 0;
  #firstSequence = 1;
  #lastSequence = 0;
  /** Newest kept record per subject; a meter subject leaves when its newest record does. */
  readonly #newest = new Map<string, StoredRecord>();
  /** Newest records of state subjects that left `#records`, by sequence ascending. */
  readonly #spared = new Map<number, StoredRecord>();
  /** Ids of `record`, oldest first. */
  readonly #ids = new Map<string, SeenId>();
  readonly #listeners = new Set<() => void>();

  constructor(options: JournalOptions, clock: Clock, recordsMax: number) {
    this.options = options;
    this.#clock = clock;
    this.#recordsMax = recordsMax;
    this.#isState = compileFilter(options.stateSubjects);
    this.#isMeter = compileFilter(options.meterSubjects);
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Nothing is missing from here on. */
  get completeFrom(): number {
    return this.#firstSequence;
  }

  /** The newest kept record of each subject that matches, by sequence. */
  newestOf(matches: (subject: string) => boolean): readonly StoredRecord[] {
    const found: StoredRecord[] = [];
    for (const record of this.#newest.values()) if (matches(record.subject)) found.push(copy(record));
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  /** Appends if the subject's newest kept record is `expectedSequence`. */
  append(subject: string, record: JournalRecord, expectedSequence: number): AppendResult {
    this.#check(subject, record);
    const newest = this.#newest.get(subject)?.sequence ?? 0;
    if (newest !== expectedSequence) return { kind: 'conflict' };
    return { kind: 'appended', sequence: this.#take(subject, record) };
  }

  /** Appends unless `id` was taken within the window. */
  record(subject: string, record: JournalRecord, id: string): RecordResult {
    this.#check(subject, record);
    this.#forgetIds();
    const seen = this.#ids.get(id);
    if (seen !== undefined) return { kind: 'duplicate', sequence: seen.sequence };
    const sequence = this.#take(subject, record);
    this.#ids.set(id, { sequence, takenMs: this.#clock.monotonicMs() });
    return { kind: 'appended', sequence };
  }

  /** The subject's tail. */
  readLast(subject: string): JournalTail {
    checkSubject(subject);
    const newest = this.#newest.get(subject);
    if (newest === undefined) return { expectedSequence: 0, record: undefined };
    return { expectedSequence: newest.sequence, record: copy(newest) };
  }

  /** The first kept record with sequence ≥ `fromSequence` that matches, looking at no more than `stepsMax` records. */
  next(
    fromSequence: number,
    matches: (subject: string) => boolean,
    stepsMax: number,
  ): { record: StoredRecord | undefined; nextSequence: number } {
    if (fromSequence < this.#firstSequence) {
      // Rare: a reader that starts at the beginning after much was dropped.
      for (const [at, record] of this.#spared) {
        if (at >= fromSequence && matches(record.subject)) return { record: copy(record), nextSequence: at + 1 };
      }
    }
    let sequence = Math.max(fromSequence, this.#firstSequence);
    const end = Math.min(this.#lastSequence, sequence + stepsMax - 1);
    for (; sequence <= end; sequence += 1) {
      const kept = this.#records[this.#head + sequence - this.#firstSequence];
      if (kept !== undefined && matches(kept.record.subject))
        return { record: copy(kept.record), nextSequence: sequence + 1 };
    }
    return { record: undefined, nextSequence: sequence };
  }

  /** Calls `listener` after each append; returns how to stop it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #check(subject: string, record: JournalRecord): void {
    checkSubject(subject);
    checkHeaders(record.headers);
    if (!this.#isState(subject) && !this.#isMeter(subject)) {
      throw new BusError('bad-subject', `journal ${this.options.name} does not hold ${subject}`);
    }
  }

  #take(subject: string, record: JournalRecord): number {
    this.#lastSequence += 1;
    const stored: StoredRecord = {
      subject,
      sequence: this.#lastSequence,
      storedAtMs: this.#clock.nowMs(),
      body: record.body.slice(),
      headers: { ...record.headers },
    };
    this.#records.push({ record: stored, takenMs: this.#clock.monotonicMs() });
    const overtaken = this.#newest.get(subject);
    if (overtaken !== undefined) this.#spared.delete(overtaken.sequence);
    this.#newest.set(subject, stored);
    if (this.#records.length - this.#head > this.#recordsMax) this.#dropOldest();
    for (const listener of this.#listeners) listener();
    return stored.sequence;
  }

  /** Drops what is older than `maxAgeMs`; returns how many records went. */
  trim(maxAgeMs: number): number {
    const bornBefore = this.#clock.monotonicMs() - maxAgeMs;
    const spared = this.#spared.size;
    let dropped = 0;
    for (;;) {
      const oldest = this.#records[this.#head];
      if (oldest === undefined || oldest.takenMs > bornBefore) return dropped - (this.#spared.size - spared);
      this.#dropOldest();
      dropped += 1;
    }
  }

  #forgetIds(): void {
    const seenBefore = this.#clock.monotonicMs() - this.options.duplicateWindowMs;
    for (const [id, seen] of this.#ids) {
      if (seen.takenMs > seenBefore && this.#ids.size <= this.#recordsMax) break;
      this.#ids.delete(id);
    }
  }

  #dropOldest(): void {
    const oldest = this.#records[this.#head];
    if (oldest === undefined) return;
    const { subject, sequence } = oldest.record;
    if (this.#newest.get(subject)?.sequence === sequence) {
      if (this.#isState(subject)) this.#spared.set(sequence, oldest.record);
      else this.#newest.delete(subject);
    }
    this.#head += 1;
    this.#firstSequence = sequence + 1;
    if (this.#head > 1024 && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Readers get their own bytes, as they would from a real bus. */
function copy(record: StoredRecord): StoredRecord {
  return { ...record, body: record.body.slice(), headers: { ...record.headers } };
}
