/**
 * Who may connect and who may charge: chargers and tokens of all tenants, in two key-value buckets under
 * `<tenant>.<identity in lower case, as one token>`. Owns keys and validation; freshness is the business of `record-cache.ts`.
 */
import type { Bus, KeyValue, KvChange, Subscription } from '@voltlane/bus';
import { type Clock, systemClock } from '@voltlane/time';
import {
  type ChargerAddress,
  encodeToken,
  foldCase,
  isChargerId,
  isTenant,
  parseToken,
  type Tenant,
} from '@voltlane/wire';
import { type ChargerRecord, decodeChargerRecord, encodeChargerRecord } from './charger-record.ts';
import { RegistryError } from './errors.ts';
import { RecordCache, type RecordCacheStats } from './record-cache.ts';
import { fieldError } from './record-fields.ts';
import { decodeTokenRecord, encodeTokenRecord, ID_TOKEN_CHARS_MAX, type TokenRecord } from './token-record.ts';

/** Names of the buckets. */
export const CHARGERS_BUCKET = 'voltlane_chargers';
export const TOKENS_BUCKET = 'voltlane_tokens';

/** Bounds of the caches. */
export interface RegistryOptions {
  readonly clock?: Clock;
  /** Records kept per bucket, default 10,000. When full, the one unused for longest goes and costs a read when it is asked for again. */
  readonly cacheEntriesMax?: number;
  /** How long cached records are served while the bus is away, default ten minutes. Then lookups reject with the bus's retryable error. */
  readonly staleMsMax?: number;
}

/**
 * Lookups are case-insensitive. They reject with BusError when the bus cannot answer and nothing usable is cached (`retryable`), and
 * with RegistryError when a stored record cannot be read. An identity that cannot exist is simply not there.
 */
export interface Registry {
  charger(tenant: Tenant, chargerId: string): Promise<ChargerRecord | undefined>;
  /** Writes, whatever was there. RegistryError `invalid-record` names a wrong field. */
  putCharger(tenant: Tenant, record: ChargerRecord): Promise<void>;
  deleteCharger(tenant: Tenant, chargerId: string): Promise<void>;
  /** Identities of a tenant in lower case, sorted; a cold path that lists the bucket. */
  chargerIds(tenant: Tenant): Promise<readonly string[]>;
  /**
   * All chargers of all tenants, then every change. `onReady` fires once the present ones are through. Survives reconnects; a watcher
   * that fell behind sees the newest record of each charger. A record that cannot be read is told as `unreadable`.
   */
  watchChargers(onChange: (change: ChargerChange) => void, onReady: () => void): Promise<Subscription>;
  token(tenant: Tenant, idToken: string): Promise<TokenRecord | undefined>;
  putToken(tenant: Tenant, record: TokenRecord): Promise<void>;
  deleteToken(tenant: Tenant, idToken: string): Promise<void>;
  /** Tokens of a tenant in lower case, sorted; a cold path that lists the bucket. */
  tokenIds(tenant: Tenant): Promise<readonly string[]>;
  stats(): { readonly chargers: RecordCacheStats; readonly tokens: RecordCacheStats };
  /** Ends the watches; the bus stays open. */
  close(): void;
}

/** What a watcher of chargers is told. `id` is the identity in lower case. */
export interface ChargerChange {
  readonly tenant: Tenant;
  readonly id: string;
  /** Undefined when it was deleted. */
  readonly record: ChargerRecord | 'unreadable' | undefined;
}

const CACHE_ENTRIES_MAX = 10_000;
const STALE_MS_MAX = 600_000;
const RECORD_BYTES_MAX = 32_768;
/** An identity has up to 255 bytes; folding may lengthen some scripts. */
const KEY_TOKEN_CHARS_MAX = 1_600;

/** Opens both buckets and starts to watch them. */
export async function openRegistry(
  bus: Pick<Bus, 'keyValue' | 'status' | 'onStatus'>,
  options: RegistryOptions = {},
): Promise<Registry> {
  const chargers = await openBucket(bus, CHARGERS_BUCKET, decodeChargerRecord, options);
  const tokens = await openBucket(bus, TOKENS_BUCKET, decodeTokenRecord, options);

  return {
    charger: (tenant, chargerId) => lookUp(chargers, recordKey(tenant, chargerId)),
    async putCharger(tenant, record) {
      const key = storableKey(tenant, record.chargerId, 'chargerId');
      await write(chargers, key, encodeChargerRecord(record));
    },
    deleteCharger: (tenant, chargerId) => remove(chargers, recordKey(tenant, chargerId)),
    chargerIds: (tenant) => list(chargers.bucket, tenant),
    watchChargers: (onChange, onReady) =>
      chargers.bucket.watch(
        '>',
        (change) => {
          const read = readChange(change);
          if (read !== undefined) onChange(read);
        },
        onReady,
      ),
    token: (tenant, idToken) => lookUp(tokens, tokenKey(tenant, idToken)),
    async putToken(tenant, record) {
      const key = storableKey(tenant, record.idToken.trim(), 'idToken');
      await write(tokens, key, encodeTokenRecord(record));
    },
    deleteToken: (tenant, idToken) => remove(tokens, tokenKey(tenant, idToken)),
    tokenIds: (tenant) => list(tokens.bucket, tenant),
    stats: () => ({ chargers: chargers.cache.stats(), tokens: tokens.cache.stats() }),
    close() {
      chargers.cache.stop();
      tokens.cache.stop();
    },
  };
}

/** Finds the identity of a charger as it was registered; the one given when nobody registered it. Whatever names a charger goes through it. */
export function registeredIdentity(
  registry: Pick<Registry, 'charger'>,
): (address: ChargerAddress) => Promise<ChargerAddress['chargerId']> {
  return async ({ tenant, chargerId }) => {
    const registered = (await registry.charger(tenant, chargerId))?.chargerId;
    return registered !== undefined && isChargerId(registered) ? registered : chargerId;
  };
}

/** A bucket and what is cached of it. */
interface Store<T> {
  readonly bucket: KeyValue;
  readonly cache: RecordCache<T>;
  readonly decode: (value: Uint8Array) => T;
}

async function openBucket<T>(
  bus: Pick<Bus, 'keyValue' | 'status' | 'onStatus'>,
  name: string,
  decode: (value: Uint8Array) => T,
  options: RegistryOptions,
): Promise<Store<T>> {
  const bucket = await bus.keyValue({ bucket: name, maxAgeMs: 0, valueBytesMax: RECORD_BYTES_MAX });
  const cache = new RecordCache({
    bus,
    bucket,
    clock: options.clock ?? systemClock,
    decode,
    entriesMax: options.cacheEntriesMax ?? CACHE_ENTRIES_MAX,
    staleMsMax: options.staleMsMax ?? STALE_MS_MAX,
  });
  await cache.start();
  return { bucket, cache, decode };
}

function lookUp<T>(store: Store<T>, key: string | undefined): Promise<T | undefined> {
  return key === undefined ? Promise.resolve(undefined) : store.cache.get(key);
}

async function write<T>(store: Store<T>, key: string, value: Uint8Array): Promise<void> {
  const revision = await store.bucket.put(key, value);
  // Decoded again, so that what is served is exactly what others read.
  store.cache.wrote(key, revision, store.decode(value));
}

async function remove<T>(store: Store<T>, key: string | undefined): Promise<void> {
  if (key === undefined) return;
  await store.bucket.delete(key);
  store.cache.deleted(key);
}

async function list(bucket: KeyValue, tenant: Tenant): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const key of await bucket.keys(`${tenant}.*`)) {
    const id = parseToken(key.slice(tenant.length + 1));
    if (id !== undefined) ids.push(id);
  }
  return ids.sort();
}

/** Undefined for a key that no registry wrote. */
function readChange({ key, value }: KvChange): ChargerChange | undefined {
  const dot = key.indexOf('.');
  const tenant = key.slice(0, dot);
  const id = parseToken(key.slice(dot + 1));
  if (!isTenant(tenant) || id === undefined) return undefined;
  if (value === undefined) return { tenant, id, record: undefined };
  try {
    return { tenant, id, record: decodeChargerRecord(value) };
  } catch (error) {
    if (error instanceof RegistryError) return { tenant, id, record: 'unreadable' };
    throw error;
  }
}

/** The key of an identity, or undefined when none can be stored under it. */
function recordKey(tenant: Tenant, id: string): string | undefined {
  if (id === '' || id.length > ID_TOKEN_CHARS_MAX || !id.isWellFormed()) return undefined;
  const token = encodeToken(foldCase(id));
  return token.length > KEY_TOKEN_CHARS_MAX ? undefined : `${tenant}.${token}`;
}

/** Blanks around a token do not count. */
function tokenKey(tenant: Tenant, idToken: string): string | undefined {
  return recordKey(tenant, idToken.trim());
}

function storableKey(tenant: Tenant, id: string, name: string): string {
  const key = recordKey(tenant, id);
  if (key === undefined) throw fieldError(name, id, `well-formed text of 1 to ${ID_TOKEN_CHARS_MAX} characters`);
  return key;
}
