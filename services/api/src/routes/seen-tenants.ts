/** The tenant of a request that may be about all tenants of its key: lists of chargers, streams of events. */
import { ALL_TENANTS } from '@voltlane/registry';
import type { Tenant } from '@voltlane/wire';
import type { FastifyRequest } from 'fastify';
import { callerOf, tenantOf } from '../route.ts';

/** Schema of `tenant` in the query of such a request. */
export const TENANTS: { readonly type: 'string'; readonly pattern: string; readonly description: string } = {
  type: 'string',
  pattern: '^([A-Za-z0-9_-]{1,64}|\\*)$',
  description:
    'One tenant, or `*` for all the key may see. Left out: the tenant of the key, or `default` for a key of all.',
};

/** The tenant it is about; undefined for all. */
export function seenTenants(
  request: FastifyRequest<{ Querystring: { tenant?: string | undefined } }>,
): Tenant | undefined {
  const all = request.query.tenant === ALL_TENANTS && callerOf(request).tenant === ALL_TENANTS;
  return all ? undefined : tenantOf(request);
}
