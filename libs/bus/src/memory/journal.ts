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
    consume: (filter, fromSequence, onRecord): Promise<Subscription> =>
      read('', () => {
        checkFilter(filter);
        return new MemoryConsumer({ log, connection, filter, fromSequence, onRecord });
      }),
  };
}

interface ConsumerParts {
  readonly log: MemoryJournalLog;
  readonly connection: MemoryConnection;
  readonly filter: string;
  readonly fromSequence: number;
  readonly onRecord: (record: StoredRecord) => void | Promise<void>;
}

/** Records looked at per turn before others get theirs. */
const STEPS = 256;

/** One reader. Holds a position and at most one record. */
class MemoryConsumer implements Subscription {
  readonly #parts: ConsumerParts;
  readonly #matches: (subject: string) => boolean;
  readonly #stopListening: () => void;
  readonly #forget: () => void;
  #nextSequence: number;
  #busy = false;
  #scheduled = false;
  #open = true;

  constructor(parts: ConsumerParts) {
    this.#parts = parts;
    this.#matches = compileFilter(parts.filter);
    this.#nextSequence = parts.fromSequence;
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
    const found = log.next(this.#nextSequence, this.#matches, STEPS);
    this.#nextSequence = found.nextSequence;
    const { record } = found;
    if (record === undefined) {
      if (found.nextSequence <= log.lastSequence) this.#wake();
      return;
    }
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
}
