/**
 * Reads the journal and the claims as they are written, with a connection of its own that no fault touches. Knows which worker
 * wrote what, because the bus of each node marks its records.
 */
import { CLAIMS_BUCKET, decodeClaim } from '@voltlane/actors';
import { type Bus, eventJournalOptions, type StoredRecord } from '@voltlane/bus';
import { decodeEventRecord, partitionOf, type Subjects } from '@voltlane/wire';
import type { Recorded } from './invariant.ts';

/** Header with the incarnation that appended. */
export const WRITER_HEADER = 'Sim-Writer';
const STATE_HEADER = 'Voltlane-State';

/** Claims of all workers, as they are in the bucket. */
export class ClaimBook {
  /** Worker ids by incarnation: who tries to write a claim is that worker. */
  readonly #workers = new Map<string, string>();
  readonly #epochs = new Map<string, number>();
  readonly #newest = new Map<number, number>();

  /** A node is about to write into a bucket. */
  attempted(incarnation: string, bucket: string, value: Uint8Array): void {
    if (bucket !== CLAIMS_BUCKET) return;
    const { worker } = decodeClaim(value);
    if (worker !== undefined) this.#workers.set(incarnation, worker);
  }

  /** A claim is in the bucket. */
  written(key: string, value: Uint8Array): void {
    const { worker, epoch } = decodeClaim(value);
    if (worker === undefined) return;
    this.#epochs.set(`${worker} ${key.slice(2)}`, epoch);
    this.#newest.set(Number(key.slice(2)), epoch);
  }

  /** The epoch of the newest claim of a partition; 0 when there was none. */
  newestOf(partition: number): number {
    return this.#newest.get(partition) ?? 0;
  }

  /** The newest epoch an incarnation had a partition with; 0 when it never had it. */
  epochOf(incarnation: string, partition: number): number {
    return this.#epochs.get(`${this.#workers.get(incarnation) ?? ''} ${partition}`) ?? 0;
  }
}

/** What the watch works with. */
export interface JournalWatchPorts {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly partitions: number;
  readonly claims: ClaimBook;
  readonly journal: Parameters<typeof eventJournalOptions>[1];
  readonly onRecord: (recorded: Recorded) => void;
}

/** Starts watching. */
export async function watchJournal(ports: JournalWatchPorts): Promise<void> {
  const { bus, subjects, claims } = ports;
  const bucket = await bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  await bucket.watch('>', ({ key, value }) => {
    if (value !== undefined) claims.written(key, value);
  });
  const journal = await bus.journal(eventJournalOptions(subjects, ports.journal));
  await journal.consume(subjects.eventFilter({}), 1, (stored) => {
    const recorded = read(ports, stored);
    if (recorded !== undefined) ports.onRecord(recorded);
  });
}

function read({ subjects, partitions, claims }: JournalWatchPorts, stored: StoredRecord): Recorded | undefined {
  const subject = subjects.parseEvent(stored.subject);
  if (subject === undefined) return undefined;
  const partition = partitionOf(subject.tenant, subject.chargerId, partitions);
  const worker = stored.headers[WRITER_HEADER] ?? '';
  return {
    sequence: stored.sequence,
    charger: subject.chargerId,
    class: subject.class,
    worker,
    epoch: claims.epochOf(worker, partition),
    partition,
    stateChars: stored.headers[STATE_HEADER]?.length ?? 0,
    record: decodeEventRecord(stored.body),
  };
}
