/** A connection's view of a bucket: the same answers as a real one, later and only while connected. */
import { checkKeyFilter } from '../kv-key.ts';
import type { KeyValue, KvChange, KvEntry, Subscription } from '../ports.ts';
import { compileFilter } from '../subject.ts';
import type { MemoryBucket } from './bucket.ts';
import type { MemoryConnection } from './connection.ts';

/** Makes the port of `bucket` for `connection`. */
export function memoryKeyValue(bucket: MemoryBucket, connection: MemoryConnection): KeyValue {
  const store = bucket.options.bucket;
  const read = <T>(subject: string, run: () => T): Promise<T> =>
    connection.store({ connection: connection.name, kind: 'read', store, subject }, run);
  const write = <T>(subject: string, run: () => T): Promise<T> =>
    connection.store({ connection: connection.name, kind: 'write', store, subject }, run);
  return {
    get: (key): Promise<KvEntry | undefined> => read(key, () => bucket.get(key)),
    put: (key, value): Promise<number> => write(key, () => bucket.put(key, value)),
    update: (key, value, expectedRevision): Promise<number | undefined> =>
      write(key, () => bucket.update(key, value, expectedRevision)),
    delete: (key): Promise<void> => write(key, () => bucket.delete(key)),
    drop: (key, revision): Promise<void> => write(key, () => bucket.drop(key, revision)),
    keys: (filter = '>'): Promise<readonly string[]> =>
      read('', () => bucket.entries(filter).map((entry) => entry.key)),
    watch: (filter, onChange, onReady): Promise<Subscription> =>
      read('', () => new MemoryWatcher({ bucket, connection, filter, onChange, onReady })),
  };
}

interface WatcherParts {
  readonly bucket: MemoryBucket;
  readonly connection: MemoryConnection;
  readonly filter: string;
  readonly onChange: (change: KvChange) => void;
  readonly onReady: (() => void) | undefined;
}

/** One watch. What waits is the newest change of each key, so it is bounded by the number of keys. */
class MemoryWatcher implements Subscription {
  readonly #parts: WatcherParts;
  readonly #waiting = new Map<string, KvChange>();
  readonly #stopListening: () => void;
  readonly #forget: () => void;
  /** Keys still to come before the watcher is ready; undefined once it was said. */
  #readyAfterRevision: number | undefined;
  #scheduled = false;
  #open = true;

  constructor(parts: WatcherParts) {
    checkKeyFilter(parts.filter);
    this.#parts = parts;
    const matches = compileFilter(parts.filter);
    let last = 0;
    for (const entry of parts.bucket.entries(parts.filter)) {
      this.#waiting.set(entry.key, entry);
      last = entry.revision;
    }
    this.#readyAfterRevision = last;
    this.#stopListening = parts.bucket.listen((change) => {
      if (!matches(change.key)) return;
      this.#waiting.delete(change.key);
      this.#waiting.set(change.key, change);
      this.#wake();
    });
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
    this.#waiting.clear();
  }

  #wake(): void {
    if (this.#scheduled || !this.#open) return;
    this.#scheduled = true;
    this.#parts.connection.schedule(() => this.#drain());
  }

  #drain(): void {
    this.#scheduled = false;
    if (this.#parts.connection.status() !== 'connected') return;
    for (const [key, change] of this.#waiting) {
      if (!this.#open) return;
      const ready = this.#readyAfterRevision;
      if (ready !== undefined && change.revision > ready) this.#sayReady();
      this.#waiting.delete(key);
      this.#parts.connection.guard(key, () => this.#parts.onChange(change));
    }
    if (this.#readyAfterRevision !== undefined) this.#sayReady();
  }

  #sayReady(): void {
    this.#readyAfterRevision = undefined;
    const { onReady } = this.#parts;
    if (onReady !== undefined && this.#open) this.#parts.connection.guard('', onReady);
  }
}
