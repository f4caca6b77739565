/**
 * Records of one bucket, read through a bounded cache that a watch of the bucket keeps fresh. Owns what may be served; knows neither
 * chargers nor tokens.
 *
 * Invariants:
 * 1. Nothing older than what the watch has reported for a key is served, also when a read was under way meanwhile or came from a
 *    copy that lags behind: revisions decide.
 * 2. Cached records are served only after the watch has caught up, and while the connection is away for at most `staleMsMax`.
 *    After a reconnect the cache starts empty, because the watch may still be catching up.
 * 3. At most `entriesMax` records (or absences) and `CHANGES_MAX` recent changes are kept. When full, the one unused for longest
 *    goes; its next lookup costs one read.
 * 4. What this process wrote itself is served from the moment the write resolved.
 */
import type { Bus, BusStatus, KeyValue, KvChange, Subscription } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';

/** Bounds and dependencies of a cache. */
export interface RecordCacheOptions<T> {
  readonly bus: Pick<Bus, 'status' | 'onStatus'>;
  readonly bucket: KeyValue;
  readonly clock: Clock;
  readonly decode: (value: Uint8Array) => T;
  readonly entriesMax: number;
  readonly staleMsMax: number;
}

/** How often the cache answered. Counts only grow. */
export interface RecordCacheStats {
  readonly entries: number;
  readonly hits: number;
  readonly reads: number;
}

interface Slot<T> {
  /** 0 for an absence that was read: the bucket gives it no revision. */
  readonly revision: number;
  readonly record: T | undefined;
}

/** A read under way; whoever asks for the same key shares it. */
interface Load<T> {
  promise: Promise<T | undefined>;
}

/** Changes kept for keys that are not cached, so that a read from a lagging copy is recognised. */
const CHANGES_MAX = 1024;

/** See the head of this file. */
export class RecordCache<T> {
  readonly #options: RecordCacheOptions<T>;
  readonly #slots = new Map<string, Slot<T>>();
  readonly #loads = new Map<string, Load<T>>();
  readonly #changes = new Map<string, KvChange>();
  readonly #subscriptions: Subscription[] = [];
  #caughtUp = false;
  #awaySinceMs: number | undefined;
  #hits = 0;
  #reads = 0;

  constructor(options: RecordCacheOptions<T>) {
    this.#options = options;
  }

  /** Begins to watch; resolves when the watch is set up, not when it has caught up. */
  async start(): Promise<void> {
    const { bus, bucket, clock } = this.#options;
    this.#subscriptions.push(bus.onStatus((status) => this.#onStatus(status)));
    if (bus.status() !== 'connected') this.#awaySinceMs = clock.monotonicMs();
    this.#subscriptions.push(
      await bucket.watch(
        '>',
        (change) => this.#onChange(change),
        () => {
          this.#caughtUp = true;
        },
      ),
    );
  }

  /** Ends the watch; lookups read the bucket from then on. */
  stop(): void {
    this.#caughtUp = false;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions.length = 0;
    this.#slots.clear();
  }

  /** The record of a key, or undefined when there is none. Rejects as the bus does, or as the record's decoder does. */
  get(key: string): Promise<T | undefined> {
    const slot = this.#slots.get(key);
    if (slot !== undefined && this.#mayServe()) {
      this.#hits += 1;
      if (this.#slots.size > this.#options.entriesMax / 2) {
        // Moves it to the young end. Before that nobody has to go soon, and a map in which nothing moves makes itself no new tables.
        this.#slots.delete(key);
        this.#slots.set(key, slot);
      }
      return Promise.resolve(slot.record);
    }
    const underWay = this.#loads.get(key);
    if (underWay !== undefined) return underWay.promise;
    const load: Load<T> = { promise: Promise.resolve(undefined) };
    this.#loads.set(key, load);
    load.promise = this.#load(key, load);
    return load.promise;
  }

  /** Takes in a write of this process. */
  wrote(key: string, revision: number, record: T): void {
    this.#loads.delete(key);
    this.#keep(key, { revision, record });
  }

  /** Takes in a deletion by this process. */
  deleted(key: string): void {
    this.#loads.delete(key);
    this.#slots.delete(key);
  }

  /** Counts for metrics. */
  stats(): RecordCacheStats {
    return { entries: this.#slots.size, hits: this.#hits, reads: this.#reads };
  }

  #mayServe(): boolean {
    if (!this.#caughtUp) return false;
    return (
      this.#awaySinceMs === undefined ||
      this.#options.clock.monotonicMs() - this.#awaySinceMs <= this.#options.staleMsMax
    );
  }

  async #load(key: string, load: Load<T>): Promise<T | undefined> {
    try {
      this.#reads += 1;
      const entry = await this.#options.bucket.get(key);
      const readRevision = entry?.revision ?? 0;
      const slot = this.#slots.get(key);
      // Written here, or reported by the watch, while the read was under way or before a lagging copy answered it.
      if (slot !== undefined && slot.revision > readRevision) return slot.record;
      const change = this.#changes.get(key);
      const superseded = change !== undefined && change.revision > readRevision;
      const value = superseded ? change.value : entry?.value;
      const record = value === undefined ? undefined : this.#options.decode(value);
      // Deleted here or reconnected meanwhile: good enough for who asked before, not for the cache.
      if (this.#loads.get(key) !== load) return record;
      this.#keep(key, { revision: superseded ? change.revision : readRevision, record });
      return record;
    } finally {
      if (this.#loads.get(key) === load) this.#loads.delete(key);
    }
  }

  #keep(key: string, slot: Slot<T>): void {
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    if (this.#slots.size > this.#options.entriesMax) dropOldest(this.#slots);
  }

  #onChange(change: KvChange): void {
    this.#remember(change);
    const slot = this.#slots.get(change.key);
    if (slot === undefined || slot.revision >= change.revision) return;
    const record = change.value === undefined ? undefined : this.#decodeOrForget(change.value);
    if (record === undefined && change.value !== undefined) this.#slots.delete(change.key);
    // Keeps its place in the order of use.
    else this.#slots.set(change.key, { revision: change.revision, record });
  }

  /** A record that cannot be read leaves the cache; whoever asks for it gets the error from the read. */
  #decodeOrForget(value: Uint8Array): T | undefined {
    try {
      return this.#options.decode(value);
    } catch {
      return undefined;
    }
  }

  #remember(change: KvChange): void {
    const { key, revision, value } = change;
    this.#changes.delete(key);
    this.#changes.set(key, { key, revision, value: value?.slice() });
    if (this.#changes.size > CHANGES_MAX) dropOldest(this.#changes);
  }

  #onStatus(status: BusStatus): void {
    if (status === 'connected') {
      this.#awaySinceMs = undefined;
      this.#slots.clear();
      // A read that began before the connection went away must not fill the new cache.
      this.#loads.clear();
    } else {
      this.#awaySinceMs ??= this.#options.clock.monotonicMs();
    }
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
