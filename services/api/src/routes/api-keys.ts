/** `/v1/api-keys`: who may use the api. A key bound to a tenant sees and makes keys of that tenant only. */
import {
  ALL_TENANTS,
  API_KEY_NAME_CHARS_MAX,
  API_ROLES,
  type ApiKeyRecord,
  type ApiKeys,
  newApiKey,
} from '@voltlane/registry';
import { type Clock, isoTime, parseIsoTime, type Random } from '@voltlane/time';
import { isTenant, type Tenant } from '@voltlane/wire';
import type { Caller } from '../roles.ts';
import { callerOf, type Routes, refuse, tenantOf } from '../route.ts';
import { problem } from '../route-defaults.ts';

/** What the routes need. */
export interface ApiKeyPorts {
  readonly keys: Pick<ApiKeys, 'list' | 'get' | 'put' | 'delete'>;
  readonly clock: Clock;
  readonly random: Random;
}

const FIELDS = {
  id: { type: 'string', description: 'Names the key in paths and logs; no secret.' },
  name: { type: 'string', minLength: 1, maxLength: API_KEY_NAME_CHARS_MAX, description: 'Who holds it, for people.' },
  role: {
    type: 'string',
    enum: API_ROLES,
    description: 'viewer looks, operator also commands, admin does everything.',
  },
  tenant: { type: 'string', pattern: '^([A-Za-z0-9_-]{1,64}|\\*)$', description: 'Its tenant, or `*` for all.' },
  createdAt: { type: 'string' },
  expiresAt: { type: 'string', description: 'ISO 8601; it does not count from then on. Absent: never.' },
} as const;

const KEY: object = {
  $id: 'ApiKey',
  type: 'object',
  required: ['id', 'name', 'role', 'tenant', 'createdAt'],
  properties: FIELDS,
};

const NEW_KEY = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'role'],
  properties: { name: FIELDS.name, role: FIELDS.role, tenant: FIELDS.tenant, expiresAt: FIELDS.expiresAt },
  examples: [{ name: 'billing', role: 'viewer', expiresAt: '2030-12-31T23:59:59Z' }],
} as const;

const KEY_PATH = { type: 'object', properties: { keyId: { type: 'string' } }, required: ['keyId'] } as const;

/** See the head of this file. */
export function apiKeyRoutes({ keys, clock, random }: ApiKeyPorts): Routes {
  return (server) => {
    server.addSchema(KEY);
    server.post(
      '/v1/api-keys',
      {
        config: { access: 'keys' },
        schema: {
          operationId: 'createApiKey',
          tags: ['keys'],
          summary: 'Make a key',
          description:
            'The key itself is in this response and nowhere else. It is of the tenant of the request unless it names another or `*`.',
          body: NEW_KEY,
          response: {
            201: {
              description: 'The key.',
              type: 'object',
              required: ['token', 'key'],
              properties: {
                token: { type: 'string', description: 'For `Authorization: Bearer`. Keep it: it is not shown again.' },
                key: { $ref: 'ApiKey#' },
              },
            },
            409: problem(409, 'There are as many keys as there may be.'),
          },
        },
      },
      async (request, reply) => {
        const { name, role, expiresAt } = request.body;
        const tenant = keyTenant(callerOf(request), tenantOf(request), request.body.tenant);
        if (tenant === undefined) {
          return refuse(reply, {
            code: 'wrong-tenant',
            detail: 'it makes keys of its own tenant',
            path: '/body/tenant',
          });
        }
        const endMs = expiresAt === undefined ? undefined : parseIsoTime(expiresAt);
        if (expiresAt !== undefined && (endMs === undefined || endMs <= clock.nowMs())) {
          return refuse(reply, {
            code: 'invalid-request',
            detail: 'must be a time to come in ISO 8601',
            path: '/body/expiresAt',
          });
        }
        const facts = { name, role, tenant, ...(endMs === undefined ? {} : { expiresAt: isoTime(endMs) }) };
        const { record, token } = newApiKey(facts, clock.nowMs(), random);
        await keys.put(record);
        request.audit = { madeKeyId: record.id, role, keyTenant: tenant };
        return reply.code(201).send({ token, key: viewOf(record) });
      },
    );
    server.get(
      '/v1/api-keys',
      {
        config: { access: 'keys' },
        schema: {
          operationId: 'listApiKeys',
          tags: ['keys'],
          summary: 'All keys, without what makes them count',
          response: {
            200: {
              description: 'Oldest first.',
              type: 'object',
              required: ['keys'],
              properties: { keys: { type: 'array', items: { $ref: 'ApiKey#' } } },
            },
          },
        },
      },
      async (request, reply) => {
        const seen = keys.list().filter((record) => mayManage(callerOf(request), record));
        return reply.send({ keys: seen.map(viewOf) });
      },
    );
    server.delete(
      '/v1/api-keys/:keyId',
      {
        config: { access: 'keys' },
        schema: {
          operationId: 'deleteApiKey',
          tags: ['keys'],
          summary: 'Revoke a key',
          description: 'It stops to count within a second.',
          params: KEY_PATH,
          response: { 204: { description: 'Revoked.', type: 'null' }, 404: problem(404) },
        },
      },
      async (request, reply) => {
        const record = keys.get(request.params.keyId);
        if (record === undefined || !mayManage(callerOf(request), record)) {
          return refuse(reply, { code: 'api-key-not-found', detail: 'see GET /v1/api-keys' });
        }
        await keys.delete(record.id);
        return reply.code(204).send();
      },
    );
  };
}

function mayManage(caller: Caller, record: Pick<ApiKeyRecord, 'tenant'>): boolean {
  return caller.tenant === ALL_TENANTS || caller.tenant === record.tenant;
}

/** The tenant of a new key, or undefined when the caller may not make keys of it. */
function keyTenant(caller: Caller, requested: Tenant, asked: string | undefined): ApiKeyRecord['tenant'] | undefined {
  if (asked === undefined) return requested;
  if (asked !== ALL_TENANTS && !isTenant(asked)) return undefined;
  return mayManage(caller, { tenant: asked }) ? asked : undefined;
}

function viewOf({ id, name, role, tenant, createdAt, expiresAt }: ApiKeyRecord): object {
  return { id, name, role, tenant, createdAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
