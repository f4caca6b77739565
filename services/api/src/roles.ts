/** Who may do what: roles, permissions and tenants of API keys. Pure. */
import { ALL_TENANTS, API_ROLES, type ApiRole } from '@voltlane/registry';
import { type Tenant, tenant } from '@voltlane/wire';

/**
 * What a route asks for.
 * - `read`: look at anything but keys.
 * - `command`: make a charger do something, and see its frames.
 * - `configure`: change the registry and settings.
 * - `keys`: see and change API keys.
 */
export const PERMISSIONS = ['read', 'command', 'configure', 'keys'] as const;

/** One of `PERMISSIONS`. */
export type Permission = (typeof PERMISSIONS)[number];

/** Whom a request comes from: what its key says. */
export interface Caller {
  readonly keyId: string;
  readonly name: string;
  readonly role: ApiRole;
  readonly tenant: Tenant | typeof ALL_TENANTS;
}

const GRANTS: Readonly<Record<ApiRole, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'command'],
  admin: ['read', 'command', 'configure', 'keys'],
};

const DEFAULT_TENANT = tenant('default');

/** True when the role may do it. */
export function allows(role: ApiRole, permission: Permission): boolean {
  return GRANTS[role].includes(permission);
}

/** The least role that may do it, for the message of a refusal. */
export function leastRole(permission: Permission): ApiRole {
  return API_ROLES.find((role) => allows(role, permission)) ?? 'admin';
}

/**
 * The tenant a request is about: the key's own, or for a key of all tenants the one asked for (`default` when none is). Undefined when
 * the key is bound to another one; whether that one exists makes no difference.
 */
export function tenantFor(caller: Pick<Caller, 'tenant'>, asked: Tenant | undefined): Tenant | undefined {
  if (caller.tenant === ALL_TENANTS) return asked ?? DEFAULT_TENANT;
  return asked === undefined || asked === caller.tenant ? caller.tenant : undefined;
}
