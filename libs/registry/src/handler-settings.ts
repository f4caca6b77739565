/**
 * The handlers of all tenants, kept in memory by a watch of their bucket (key: tenant), so that a charger's call learns without a
 * wait whether somebody else decides it.
 *
 * Invariants
 * 1. A change is in force when the watch reports it, and in the process that wrote it at once. Nothing older replaces it.
 * 2. An entry that cannot be read changes nothing: what was known of the tenant stays in force, and the entry is counted.
 * 3. At most `TENANTS_MAX` tenants are kept. When full, `put` refuses a further one; one that got in elsewhere meanwhile is left to
 *    the built-in rules, and counted.
 */
import type { Bus, KvChange } from '@voltlane/bus';
import type { Tenant } from '@voltlane/wire';
import { RegistryError } from './errors.ts';
import {
  decodeTenantHandlers,
  encodeTenantHandlers,
  type HandlerSetting,
  type TenantHandlers,
} from './handler-record.ts';

/** Name of the bucket. */
export const HANDLERS_BUCKET = 'voltlane_handlers';

/** The handlers of all tenants. Reads and writes of the bucket reject as the bus does. */
export interface HandlerSettings {
  /** How an action of a tenant is delegated; undefined: it is not. */
  of(tenant: Tenant, action: string): HandlerSetting | undefined;
  /** What is stored of a tenant. RegistryError `invalid-record` or `newer-version` when it cannot be read. */
  get(tenant: Tenant): Promise<TenantHandlers | undefined>;
  /** Replaces all of a tenant's. RegistryError `invalid-record`, or `full` when the bound is reached. */
  put(tenant: Tenant, handlers: TenantHandlers): Promise<void>;
  /** From then on the built-in rules decide. */
  delete(tenant: Tenant): Promise<void>;
  stats(): HandlerSettingsStats;
  /** Ends the watch; the bus stays open. */
  close(): void;
}

/** Counts for metrics. */
export interface HandlerSettingsStats {
  readonly tenants: number;
  /** Entries nobody here could read. */
  readonly unreadable: number;
  /** Entries of tenants beyond the bound. */
  readonly beyondBound: number;
}

/** Tenants with handlers in one cluster. */
export const TENANTS_MAX = 10_000;
const VALUE_BYTES_MAX = 16_384;

interface Known {
  readonly revision: number;
  readonly actions: ReadonlyMap<string, HandlerSetting>;
}

/** Opens the bucket and resolves when its current content is known. */
export async function openHandlerSettings(
  bus: Pick<Bus, 'keyValue'>,
  tenantsMax: number = TENANTS_MAX,
): Promise<HandlerSettings> {
  const bucket = await bus.keyValue({ bucket: HANDLERS_BUCKET, maxAgeMs: 0, valueBytesMax: VALUE_BYTES_MAX });
  const tenants = new Map<string, Known>();
  let unreadable = 0;
  let beyondBound = 0;

  const learn = (tenant: string, revision: number, handlers: TenantHandlers): void => {
    if (!tenants.has(tenant) && tenants.size >= tenantsMax) beyondBound += 1;
    else tenants.set(tenant, { revision, actions: new Map(Object.entries(handlers.actions)) });
  };
  const changed = ({ key, value, revision }: KvChange): void => {
    if (revision < (tenants.get(key)?.revision ?? 0)) return;
    if (value === undefined) {
      tenants.delete(key);
      return;
    }
    try {
      learn(key, revision, decodeTenantHandlers(value));
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      unreadable += 1;
    }
  };
  const known = Promise.withResolvers<void>();
  const watch = await bucket.watch('*', changed, () => known.resolve());
  await known.promise;

  return {
    of: (tenant, action) => tenants.get(tenant)?.actions.get(action),
    async get(tenant) {
      const entry = await bucket.get(tenant);
      return entry === undefined ? undefined : decodeTenantHandlers(entry.value);
    },
    async put(tenant, handlers) {
      const value = encodeTenantHandlers(handlers);
      if (!tenants.has(tenant) && tenants.size >= tenantsMax) {
        throw new RegistryError('full', `handlers of ${tenantsMax} tenants are kept, and these are of one more`);
      }
      const revision = await bucket.put(tenant, value);
      learn(tenant, revision, decodeTenantHandlers(value));
    },
    async delete(tenant) {
      await bucket.delete(tenant);
      tenants.delete(tenant);
    },
    stats: () => ({ tenants: tenants.size, unreadable, beyondBound }),
    close: () => watch.unsubscribe(),
  };
}
