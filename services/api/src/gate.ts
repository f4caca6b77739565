/**
 * What a request must pass before its route sees it: key, rate, role, tenant. Nothing under /v1 is looked at without a key, not even
 * whether a path exists.
 */
import { isTenant, type Tenant } from '@voltlane/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticator, AuthOutcome } from './auth.ts';
import type { ApiMetrics } from './observe.ts';
import type { RateLimit } from './rate-limit.ts';
import { allows, leastRole, tenantFor } from './roles.ts';
import { type RouteServer, refuse } from './route.ts';

/** What the gate asks. */
export interface GatePorts {
  readonly authenticator: Authenticator;
  /** By key; by address on public routes. */
  readonly rates: RateLimit;
  readonly metrics: ApiMetrics;
}

/** Behind a proxy an address is whatever a header says. */
const ADDRESS_CHARS_MAX = 64;

/** Puts the gate before all routes. */
export function installGate(server: RouteServer, ports: GatePorts): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    const address = request.ip.slice(0, ADDRESS_CHARS_MAX);
    if (isPublic(request)) return underRate(ports, `address ${address}`, reply);
    const outcome = ports.authenticator.check(request.headers.authorization, address);
    if (outcome.kind !== 'caller') return turnAway(ports, outcome, reply);
    request.caller = outcome.caller;
    return underRate(ports, `key ${outcome.caller.keyId}`, reply) ?? mayUse(request, reply);
  });
  // After the check of the schema, which the tenant in the query has passed by then.
  server.addHook('preHandler', async (request, reply) => {
    if (request.caller === undefined) return undefined;
    request.tenant = tenantFor(request.caller, askedTenant(request.query));
    if (request.tenant !== undefined) return undefined;
    return refuse(reply, {
      code: 'wrong-tenant',
      detail: 'leave `tenant` out, or use a key of that tenant',
      path: '/query/tenant',
    });
  });
}

function isPublic(request: FastifyRequest): boolean {
  if (request.is404) return !/^\/v1(?:[/?]|$)/.test(request.url);
  return request.routeOptions.config.access === 'public';
}

function underRate(ports: GatePorts, name: string, reply: FastifyReply): FastifyReply | undefined {
  const waitS = ports.rates.take(name);
  if (waitS === 0) return undefined;
  ports.metrics.limited();
  return refuse(reply.header('retry-after', waitS), { code: 'too-many-requests', detail: `wait ${waitS} s` });
}

function mayUse(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const { access } = request.routeOptions.config;
  // Where there is no route, the caller is told so.
  if (access === undefined || access === 'public' || request.caller === undefined) return undefined;
  if (allows(request.caller.role, access)) return undefined;
  return refuse(reply, { code: 'forbidden', detail: `it takes a key with the role ${leastRole(access)}` });
}

function turnAway(
  ports: GatePorts,
  outcome: Exclude<AuthOutcome, { kind: 'caller' }>,
  reply: FastifyReply,
): FastifyReply {
  // Whatever body follows is not read.
  reply.header('connection', 'close');
  switch (outcome.kind) {
    case 'refused':
      ports.metrics.refused(outcome.reason);
      reply.header('www-authenticate', 'Bearer realm="voltlane"');
      return refuse(reply, {
        code: 'unauthenticated',
        detail: 'send `Authorization: Bearer <API key>` with a key that counts',
      });
    case 'limited':
      ports.metrics.refused('limited');
      reply.header('retry-after', outcome.waitS);
      return refuse(reply, { code: 'too-many-requests', detail: 'too many wrong keys from this address' });
    case 'unavailable':
      reply.header('retry-after', 1);
      return refuse(reply, { code: 'unavailable', detail: 'stored keys cannot be read at the moment' });
  }
}

function askedTenant(query: unknown): Tenant | undefined {
  if (typeof query !== 'object' || query === null || !('tenant' in query)) return undefined;
  return typeof query.tenant === 'string' && isTenant(query.tenant) ? query.tenant : undefined;
}
