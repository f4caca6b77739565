/**
 * What the broker needs from a bus, and what it may rely on. Two adapters implement it: `nats` (the real one) and `memory`
 * (one process; first five minutes, fast tests, simulation). `test/contract.ts` holds both to every sentence here.
 */

import type { BusStats } from './stats.ts';

/** A message as a subscriber sees it. `data` is only valid during the callback unless copied. */
export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Where an answer is expected, if anywhere. */
  readonly reply: string | undefined;
  /** True on the empty message that says nobody listens on the subject of an earlier `publish` with `reply`. */
  readonly noResponders: boolean;
}

/** Ends a subscription; messages already handed over are finished, none comes after. */
export interface Subscription {
  unsubscribe(): void;
}

/** How a connection feels. `disconnected` and `connected` alternate; `closed` is final. */
export type BusStatus = 'connected' | 'disconnected' | 'closed';

/**
 * Publish/subscribe.
 * - At most once: a publish while the connection is away is lost without an error (architecture §4).
 * - Messages of one publisher on one subject arrive in order, each at most once per subscriber.
 * - A handler that throws is a programmer error and is reported to `onError`; the subscription lives on.
 */
export interface Messaging {
  /**
   * Sends now; `data` must not be changed afterwards. With `reply`, a bus that knows nobody listens delivers an empty
   * `noResponders` message to `reply`, which must be subscribed (without queue) on this same connection. Throws BusError
   * `bad-subject` or `too-large`.
   */
  publish(subject: string, data: Uint8Array, reply?: string): void;
  /** `*` matches one token, `>` the rest. With `queue`, each message goes to one member of the group. */
  subscribe(subject: string, handler: (message: BusMessage) => void, queue?: string): Subscription;
  /** One question, one answer; for cold paths. Rejects with BusError `timeout`, `no-responders`, `disconnected` or `overloaded`. */
  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
}

/** One entry of a key-value bucket. `revision` grows with each write to the bucket. */
export interface KvEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

/** A change seen by a watcher; `value` is undefined when the key was deleted. */
export interface KvChange {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly revision: number;
}

/**
 * Key-value bucket. Keys: `[A-Za-z0-9_=.%/-]+`, tokens separated by dots. Writes are durable when the promise resolves; a
 * rejected write (`timeout`, `disconnected`) may or may not have happened.
 */
export interface KeyValue {
  get(key: string): Promise<KvEntry | undefined>;
  /** Unconditional write; resolves to the new revision. */
  put(key: string, value: Uint8Array): Promise<number>;
  /**
   * Compare-and-set. `expectedRevision` 0 means "must not exist" (never written, deleted or expired). Resolves to the new
   * revision, or `undefined` when it lost.
   */
  update(key: string, value: Uint8Array, expectedRevision: number): Promise<number | undefined>;
  delete(key: string): Promise<void>;
  /**
   * Removes what was written as `revision` without a trace, for buckets of short-lived keys: a deleted key leaves a mark for ever, a
   * dropped one nothing. Watchers are not told. Does nothing when `key` was written again or is not there.
   */
  drop(key: string, revision: number): Promise<void>;
  /** Keys that match `filter` (default all); for cold paths. */
  keys(filter?: string): Promise<readonly string[]>;
  /**
   * Current values that match, then every change, in revision order. `onReady` fires once the current values are through.
   * A watcher that fell behind sees the newest value of each key, not each step. It survives reconnects. Expiry by age is not
   * announced: the key just stops being found.
   */
  watch(filter: string, onChange: (change: KvChange) => void, onReady?: () => void): Promise<Subscription>;
}

/** Options of a bucket; it is created at first use and never silently altered. */
export interface KvOptions {
  readonly bucket: string;
  /** Entries vanish this long after their last write; 0 keeps them for ever. */
  readonly maxAgeMs: number;
  /** Upper bound of one value. */
  readonly valueBytesMax: number;
}

/**
 * A record to append: public body and private headers. Header names `[A-Za-z-]+` but not `Nats-…`, values printable ASCII with no
 * space at either end.
 */
export interface JournalRecord {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as stored. `sequence` counts over the whole journal and grows. */
export interface StoredRecord extends JournalRecord {
  readonly subject: string;
  readonly sequence: number;
  /** When the journal took it, ms since epoch. */
  readonly storedAtMs: number;
}

/** Where the next append must stand: the sequence of the subject's last record, or 0 when the journal holds none of it. */
export interface JournalTail {
  readonly expectedSequence: number;
  readonly record: StoredRecord | undefined;
}

/** What an append did. `conflict` means another writer appended first: re-read, decide again, or stop being the owner. */
export type AppendResult = { readonly kind: 'appended'; readonly sequence: number } | { readonly kind: 'conflict' };

/** What an unfenced append did. `duplicate`: a record with this id was taken within the deduplication window. */
export type RecordResult =
  | { readonly kind: 'appended'; readonly sequence: number }
  | { readonly kind: 'duplicate'; readonly sequence: number };

/**
 * The durable log of all chargers.
 * - `append` is atomic, fenced by the subject's last sequence, and durable when it resolves.
 * - Rejects with BusError `timeout` or `disconnected` when the outcome is unknown: the record may or may not be there.
 * - The newest record of each state subject is never dropped, so `readLast` always finds it and `append` always compares with it.
 */
export interface Journal {
  append(subject: string, record: JournalRecord, expectedSequence: number): Promise<AppendResult>;
  /** Unfenced append; `id` deduplicates within the journal's window (at least 2 minutes). */
  record(subject: string, record: JournalRecord, id: string): Promise<RecordResult>;
  /** The subject's newest record, consistent with what `append` compares against or older (a stale read only costs a conflict). */
  readLast(subject: string): Promise<JournalTail>;
  /**
   * Records that match `filter` (wildcards allowed) from `fromSequence` (1 = oldest kept) in sequence order, each at least once.
   * `onRecord` may return a promise: the next record waits for it (that is the back-pressure). `onCaughtUp` fires once, when
   * everything that was stored before the call, and perhaps more, has been handed over.
   */
  consume(
    filter: string,
    fromSequence: number,
    onRecord: (record: StoredRecord) => void | Promise<void>,
    onCaughtUp?: () => void,
  ): Promise<Subscription>;
  /**
   * The newest record of each subject that matches, then every later record, in sequence order; `onReady` fires once, when the
   * first part is through. Survives what `consume` survives. While the first part lasts, an interruption may leave out records
   * that a newer one of the same subject has overtaken meanwhile, never the newest.
   */
  consumeNewest(
    filter: string,
    onRecord: (record: StoredRecord) => void | Promise<void>,
    onReady: () => void,
  ): Promise<Subscription>;
  /**
   * Drops records older than the journal's age, except the newest of each state subject; resolves to how many went. Somebody has to
   * call it now and then (a real bus does not by itself); several at once do no harm.
   */
  trim(): Promise<number>;
  /** Sequence of the newest record ever of the whole journal, 0 when there was none. */
  lastSequence(): Promise<number>;
  /**
   * From this sequence on nothing is missing. Of what is older, `trim` may have taken anything but the newest record of each state
   * subject; who wants to read on from an earlier place has a gap.
   */
  completeFrom(): Promise<number>;
}

/** Which subjects the journal holds and how long it keeps what. It is created at first use and never silently altered. */
export interface JournalOptions {
  /** Name of the journal, `[A-Za-z0-9_-]+`; with a subject prefix, a name of its own. */
  readonly name: string;
  /**
   * Filter of all its subjects, which covers the next two. One filter, because a server refuses readers whose filter only overlaps
   * those of the stream (2.9.10): with it any part can be read, for instance all of one charger.
   */
  readonly subjects: string;
  /** Filter of the subjects whose newest record is kept for ever, e.g. `event.*.*.state`. */
  readonly stateSubjects: string;
  /** Filter of the subjects that only age, e.g. `event.*.*.meter`. */
  readonly meterSubjects: string;
  /** Records older than this go at the next `trim`, except each charger's newest state record. Not stored: each caller of `trim` says its own. */
  readonly maxAgeMs: number;
  /** Copies of each record (JetStream replicas). */
  readonly replicas: number;
  readonly storage: 'file' | 'memory';
  /** Window in which `record` recognises an id it has seen. */
  readonly duplicateWindowMs: number;
}

/** One connection to a bus. */
export interface Bus extends Messaging {
  /** `nats` survives its process, `memory` does not. */
  readonly kind: 'nats' | 'memory';
  status(): BusStatus;
  /** Every later change of status. */
  onStatus(listener: (status: BusStatus) => void): Subscription;
  /** Largest message the bus takes, bytes; of a journal record, body and headers together. */
  readonly payloadBytesMax: number;
  keyValue(options: KvOptions): Promise<KeyValue>;
  journal(options: JournalOptions): Promise<Journal>;
  /** Resolves when everything published before has reached the bus. Rejects with BusError `disconnected`. */
  flush(): Promise<void>;
  /** Stops subscriptions, flushes, disconnects. What is pending rejects with BusError `closed`; later publishes are lost. */
  close(): Promise<void>;
  /** Counters and levels of this connection, for metrics. */
  stats(): BusStats;
}
