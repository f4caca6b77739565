/**
 * The keys of the HTTP api: all of them in memory, kept fresh by a watch of their bucket, so that a wrong key costs no read. Owns what is
 * known and for how long it may be relied on; who may do what is the business of the api.
 *
 * 1. A key counts only while the watch has caught up, and while the bus is away for at most `staleMsMax`: a key that was revoked must not
 *    work for ever in a process that cannot hear of it.
 * 2. What this process wrote itself counts at once.
 */
import type { Bus, BusStatus, KeyValue, KvChange, Subscription } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import {
  type ApiKeyRecord,
  decodeApiKeyRecord,
  encodeApiKeyRecord,
  isExpired,
  isSecretOf,
  parseApiToken,
} from './api-key-record.ts';
import { RegistryError } from './errors.ts';

/** Name of the bucket. */
export const API_KEYS_BUCKET = 'voltlane_api_keys';

/** What a presented text is. */
export type ApiKeyVerdict =
  | { readonly kind: 'key'; readonly record: ApiKeyRecord }
  | { readonly kind: 'unknown' | 'expired' }
  /** The keys cannot be read at the moment. */
  | { readonly kind: 'unavailable' };

/** Keys of all tenants together; one more is refused. */
export const API_KEYS_MAX = 10_000;

const STALE_MS_MAX = 600_000;
const RECORD_BYTES_MAX = 4_096;

/** What it needs. */
export interface ApiKeysOptions {
  readonly bus: Pick<Bus, 'keyValue' | 'status' | 'onStatus'>;
  readonly clock: Clock;
  /** How long keys count while the bus is away, default ten minutes. */
  readonly staleMsMax?: number;
  /** A key this process cannot read; it does not count here. */
  readonly onUnreadable?: (id: string) => void;
}

/** Opens the bucket and begins to watch it; `readable` turns true a moment later. */
export async function openApiKeys(options: ApiKeysOptions): Promise<ApiKeys> {
  const bucket = await options.bus.keyValue({
    bucket: API_KEYS_BUCKET,
    maxAgeMs: 0,
    valueBytesMax: RECORD_BYTES_MAX,
  });
  const keys = new ApiKeys(bucket, options);
  await keys.start();
  return keys;
}

/** See the head of this file. */
export class ApiKeys {
  readonly #bucket: KeyValue;
  readonly #options: ApiKeysOptions;
  readonly #keys = new Map<string, { readonly record: ApiKeyRecord; readonly revision: number }>();
  readonly #subscriptions: Subscription[] = [];
  readonly #caughtUp = Promise.withResolvers<void>();
  #hasCaughtUp = false;
  #awaySinceMs: number | undefined;

  constructor(bucket: KeyValue, options: ApiKeysOptions) {
    this.#bucket = bucket;
    this.#options = options;
  }

  /** Begins to watch. */
  async start(): Promise<void> {
    const { bus } = this.#options;
    this.#subscriptions.push(bus.onStatus((status) => this.#onStatus(status)));
    this.#onStatus(bus.status());
    const watch = await this.#bucket.watch(
      '>',
      (change) => this.#onChange(change),
      () => {
        this.#hasCaughtUp = true;
        this.#caughtUp.resolve();
      },
    );
    this.#subscriptions.push(watch);
  }

  /** Ends the watch; the bus stays open. */
  stop(): void {
    for (const subscription of this.#subscriptions.splice(0)) subscription.unsubscribe();
  }

  /** Resolves when all keys are known for the first time. */
  caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  /** True while keys can be relied on. */
  readable(): boolean {
    const { clock, staleMsMax } = this.#options;
    if (!this.#hasCaughtUp) return false;
    return this.#awaySinceMs === undefined || clock.monotonicMs() - this.#awaySinceMs <= (staleMsMax ?? STALE_MS_MAX);
  }

  /** What a presented text is; undefined when it has not the form of a stored key. */
  check(text: string): ApiKeyVerdict | undefined {
    const parts = parseApiToken(text);
    if (parts === undefined) return undefined;
    if (!this.readable()) return { kind: 'unavailable' };
    const record = this.#keys.get(parts.id)?.record;
    // Ids are no secrets, so that this is faster for one that does not exist tells nothing.
    if (record === undefined || !isSecretOf(record, parts.secret)) return { kind: 'unknown' };
    return isExpired(record, this.#options.clock.nowMs()) ? { kind: 'expired' } : { kind: 'key', record };
  }

  /** All keys, oldest first. */
  list(): readonly ApiKeyRecord[] {
    const records = [...this.#keys.values()].map(({ record }) => record);
    return records.sort((a, b) =>
      a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1,
    );
  }

  /** One key. */
  get(id: string): ApiKeyRecord | undefined {
    return this.#keys.get(id)?.record;
  }

  /** Stores a key. RegistryError `full` at `API_KEYS_MAX`. */
  async put(record: ApiKeyRecord): Promise<void> {
    if (this.#keys.size >= API_KEYS_MAX && !this.#keys.has(record.id)) {
      throw new RegistryError('full', `there are ${API_KEYS_MAX} API keys; delete some`);
    }
    const revision = await this.#bucket.put(record.id, encodeApiKeyRecord(record));
    this.#keys.set(record.id, { record, revision });
  }

  /** Revokes a key; it stops to count here at once and in every other process as soon as that hears of it. */
  async delete(id: string): Promise<void> {
    await this.#bucket.delete(id);
    this.#keys.delete(id);
  }

  #onChange({ key, value, revision }: KvChange): void {
    const known = this.#keys.get(key);
    if (known !== undefined && known.revision >= revision) return;
    const record = value === undefined ? undefined : this.#decode(key, value);
    if (record === undefined) this.#keys.delete(key);
    else this.#keys.set(key, { record, revision });
  }

  #decode(id: string, value: Uint8Array): ApiKeyRecord | undefined {
    try {
      return decodeApiKeyRecord(value);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#options.onUnreadable?.(id);
      return undefined;
    }
  }

  #onStatus(status: BusStatus): void {
    if (status === 'connected') this.#awaySinceMs = undefined;
    else this.#awaySinceMs ??= this.#options.clock.monotonicMs();
  }
}
