/** One key-value bucket of a memory broker: what is stored and who watches. Synchronous; the connection adds waiting and faults. */
import type { Clock } from '@voltlane/time';
import { BusError } from '../errors.ts';
import { checkKey, checkKeyFilter } from '../kv-key.ts';
import type { KvChange, KvEntry, KvOptions } from '../ports.ts';
import { compileFilter } from '../subject.ts';

interface Stored {
  /** Undefined: deleted. */
  readonly value: Uint8Array | undefined;
  readonly revision: number;
  readonly writtenMs: number;
}

/** Sees each change as it is written; must not call the bus. */
export type ChangeListener = (change: KvChange) => void;

/** A bucket. */
export class MemoryBucket {
  readonly options: KvOptions;
  readonly #clock: Clock;
  /** In order of writing, which is the order of revision and of age. */
  readonly #entries = new Map<string, Stored>();
  readonly #listeners = new Set<ChangeListener>();
  #revision = 0;

  constructor(options: KvOptions, clock: Clock) {
    this.options = options;
    this.#clock = clock;
  }

  /** The value of `key`, if it has one. */
  get(key: string): KvEntry | undefined {
    checkKey(key);
    this.#expire();
    const stored = this.#entries.get(key);
    if (stored?.value === undefined) return undefined;
    return { key, value: copy(stored.value), revision: stored.revision };
  }

  /** Writes and returns the revision. */
  put(key: string, value: Uint8Array): number {
    checkKey(key);
    if (value.length > this.options.valueBytesMax) {
      throw new BusError(
        'too-large',
        `value of ${key} has ${value.length} bytes, bucket ${this.options.bucket} takes ${this.options.valueBytesMax}`,
      );
    }
    return this.#write(key, copy(value));
  }

  /** Writes if the last revision of `key` is `expectedRevision`. */
  update(key: string, value: Uint8Array, expectedRevision: number): number | undefined {
    checkKey(key);
    this.#expire();
    const stored = this.#entries.get(key);
    const fits = expectedRevision === 0 ? stored?.value === undefined : stored?.revision === expectedRevision;
    return fits ? this.put(key, value) : undefined;
  }

  /** Marks `key` deleted, whether it was there or not. */
  delete(key: string): void {
    checkKey(key);
    this.#write(key, undefined);
  }

  /** Forgets the entry if it still has this revision. */
  drop(key: string, revision: number): void {
    checkKey(key);
    if (this.#entries.get(key)?.revision === revision) this.#entries.delete(key);
  }

  /** Entries that match, oldest write first. */
  entries(filter: string): KvEntry[] {
    checkKeyFilter(filter);
    this.#expire();
    const matches = compileFilter(filter);
    const found: KvEntry[] = [];
    for (const [key, { value, revision }] of this.#entries) {
      if (value !== undefined && matches(key)) found.push({ key, value: copy(value), revision });
    }
    return found;
  }

  /** Calls `listener` on every later write; returns how to stop it. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #write(key: string, value: Uint8Array | undefined): number {
    this.#expire();
    this.#revision += 1;
    this.#entries.delete(key);
    this.#entries.set(key, { value, revision: this.#revision, writtenMs: this.#clock.monotonicMs() });
    // One copy for all: what is stored stays out of reach, and heartbeats have many listeners.
    const change = { key, value: value === undefined ? undefined : copy(value), revision: this.#revision };
    for (const listener of this.#listeners) listener(change);
    return this.#revision;
  }

  #expire(): void {
    if (this.options.maxAgeMs <= 0) return;
    const bornBefore = this.#clock.monotonicMs() - this.options.maxAgeMs;
    for (const [key, stored] of this.#entries) {
      if (stored.writtenMs > bornBefore) return;
      this.#entries.delete(key);
    }
  }
}

/** Of a Buffer, too, whose own `slice` would share its memory. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
