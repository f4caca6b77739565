/** A connection's view of the journal: the same answers as a real one, later and only while connected. */
import type { AppendResult, Journal, JournalTail, RecordResult, StoredRecord, Subscription } from '../ports.ts';
import { checkRecordSize } from '../record.ts';
import { checkFilter, compileFilter } from '../subject.ts';
import type { MemoryConnection } from './connection.ts';
import type { MemoryJournalLog } from './journal-log.ts';

/** Makes the port of `log` for `connection`. */
export function memoryJournal(log: MemoryJournalLog, connection: MemoryConnection, maxAgeMs: number): Journal {
  const store = log.options.name;
  const read = <T>(subject: string, run: () => T): Promise<T> =>
    connection.store({ connection: connection.name, kind: 'read', store, subject }, run);
  const write = <T>(subject: string, run: () => T): Promise<T> =>
    connection.store({ connection: connection.name, kind: 'write', store, subject }, run);
  return {
    append: (subject, record, expectedSequence): Promise<AppendResult> =>
      write(subject, () => {
        checkRecordSize(record, connection.payloadBytesMax);
        const result = log.append(subject, record, expectedSequence);
        if (result.kind === 'conflict') connection.counters.appendConflicts += 1;
        else connection.counters.appends += 1;
        return result;
      }),
    record: (subject, record, id): Promise<RecordResult> =>
      write(subject, () => {
        checkRecordSize(record, connection.payloadBytesMax);
        const result = log.record(subject, record, id);
        connection.counters.appends += 1;
        return result;
      }),
    readLast: (subject): Promise<JournalTail> => read(subject, () => log.readLast(subject)),
    trim: (): Promise<number> => write('', () => log.trim(maxAgeMs)),
    lastSequence: (): Promise<number> => read('', () => log.lastSequence),
    completeFrom: (): Promise<number> => read('', () => log.completeFrom),
    consume: (filter, fromSequence, onRecord, onCaughtUp): Promise<Subscription> =>
      read('', () => {
        checkFilter(filter);
        return new MemoryConsumer({ log, connection, filter, fromSequence, newest: [], onRecord, onCaughtUp });
      }),
    consumeNewest: (filter, onRecord, onReady): Promise<Subscription> =>
      read('', () => {
        checkFilter(filter);
        const newest = log.newestOf(compileFilter(filter));
        const fromSequence = log.lastSequence + 1;
        return new MemoryConsumer({ log, connection, filter, fromSequence, newest, onRecord, onCaughtUp: onReady });
      }),
  };
}

interface ConsumerParts {
  readonly log: MemoryJournalLog;
  readonly connection: MemoryConnection;
  readonly filter: string;
  readonly fromSequence: number;
  /** Handed over first. */
  readonly newest: readonly StoredRecord[];
  readonly onRecord: (record: StoredRecord) => void | Promise<void>;
  readonly onCaughtUp: (() => void) | undefined;
}

/** Records looked at per turn before others get theirs. */
const STEPS = 256;

/** One reader. Holds a position and at most one record, besides the newest it began with. */
class MemoryConsumer implements Subscription {
  readonly #parts: ConsumerParts;
  readonly #matches: (subject: string) => boolean;
  readonly #stopListening: () => void;
  readonly #forget: () => void;
  #newest: readonly StoredRecord[];
  #newestTaken = 0;
  #nextSequence: number;
  /** Journal's last sequence when the reader began. */
  readonly #startedAt: number;
  #caughtUp = false;
  #busy = false;
  #scheduled = false;
  #open = true;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
    this.#matches = compileFilter(parts.filter);
    this.#newest = parts.newest;
    this.#nextSequence = parts.fromSequence;
    this.#startedAt = parts.log.lastSequence;
    this.#stopListening = parts.log.listen(() => this.#wake());
    this.#forget = parts.connection.whenConnected(
      () => this.#wake(),
      () => this.unsubscribe(),
    );
    this.#wake();
  }

  unsubscribe(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopListening();
    this.#forget();
  }

  #wake(): void {
    if (this.#scheduled || this.#busy || !this.#open) return;
    this.#scheduled = true;
    this.#parts.connection.schedule(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const { log, connection, onRecord } = this.#parts;
    if (!this.#open || connection.status() !== 'connected') return;
    const record = this.#take();
    if (record === undefined) {
      if (this.#nextSequence <= log.lastSequence) this.#wake();
      else this.#sayCaughtUp();
      return;
    }
    if (record.sequence > this.#startedAt) this.#sayCaughtUp();
    if (!this.#open) return;
    const waiting = connection.guard(record.subject, () => onRecord(record));
    if (!(waiting instanceof Promise)) {
      this.#wake();
      return;
    }
    this.#busy = true;
    waiting
      .catch((error: unknown) => connection.handlerFailed(error, record.subject))
      .finally(() => {
        this.#busy = false;
        this.#wake();
      });
  }

  #take(): StoredRecord | undefined {
    const newest = this.#newest[this.#newestTaken];
    if (newest !== undefined) {
      this.#newestTaken += 1;
      return newest;
    }
    this.#newest = [];
    const found = this.#parts.log.next(this.#nextSequence, this.#matches, STEPS);
    this.#nextSequence = found.nextSequence;
    return found.record;
  }

  #sayCaughtUp(): void {
    if (this.#caughtUp) return;
    this.#caughtUp = true;
    const { connection, filter, onCaughtUp } = this.#parts;
    if (onCaughtUp !== undefined) connection.guard(filter, onCaughtUp);
  }
}
