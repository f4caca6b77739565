/** `/v1/tokens`: who may charge. */
import { ID_TOKEN_CHARS_MAX, type Registry, readTokenRecord } from '@voltlane/registry';
import type { Clock } from '@voltlane/time';
import { type Routes, refuse, tenantOf } from '../route.ts';
import { problem } from '../route-defaults.ts';
import { TokenPages } from '../token-pages.ts';
import { TOKEN, TOKEN_INPUT, TOKEN_PATH } from './token-schema.ts';

/** What the routes need. */
export interface TokenPorts {
  readonly registry: Pick<Registry, 'token' | 'putToken' | 'deleteToken' | 'tokenIds'>;
  readonly clock: Clock;
}

const PAGE_MAX = 1_000;
const NOT_FOUND = { code: 'token-not-found', detail: 'it is not registered' } as const;
const PAGE_QUERY = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: PAGE_MAX, description: 'Tokens in the page; 100 if left out.' },
    cursor: { type: 'string', maxLength: 2_048, description: '`cursor` of the page before.' },
    prefix: { type: 'string', maxLength: ID_TOKEN_CHARS_MAX, description: 'What tokens begin with, in any case.' },
    search: { type: 'string', maxLength: ID_TOKEN_CHARS_MAX, description: 'What tokens hold anywhere, in any case.' },
  },
} as const;

/** See the head of this file. */
export function tokenRoutes({ registry, clock }: TokenPorts): Routes {
  const pages = new TokenPages(registry, clock);
  return (server) => {
    server.addSchema(TOKEN);
    server.get(
      '/v1/tokens',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'listTokens',
          tags: ['tokens'],
          summary: 'Tokens, page by page',
          querystring: PAGE_QUERY,
          response: {
            200: {
              description: 'A page, in alphabetical order.',
              type: 'object',
              required: ['tokens'],
              properties: {
                tokens: { type: 'array', items: { $ref: 'Token#' } },
                cursor: { type: 'string', description: 'Where the next page begins; absent on the last one.' },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { limit = 100, cursor, prefix = '', search = '' } = request.query;
        const after = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
        const { tokens, next } = await pages.page(tenantOf(request), { limit, after, prefix, search });
        return reply.send({
          tokens,
          ...(next === undefined ? {} : { cursor: Buffer.from(next).toString('base64url') }),
        });
      },
    );
    server.get(
      '/v1/tokens/:idToken',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'getToken',
          tags: ['tokens'],
          summary: 'One token',
          params: TOKEN_PATH,
          response: { 200: { description: 'The token.', $ref: 'Token#' } },
        },
      },
      async (request, reply) => {
        const token = await registry.token(tenantOf(request), request.params.idToken);
        return token === undefined ? refuse(reply, NOT_FOUND) : reply.send(token);
      },
    );
    server.put(
      '/v1/tokens/:idToken',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'putToken',
          tags: ['tokens'],
          summary: 'Register a token, or change what is registered',
          description: 'Replaces what is registered. In effect everywhere within a second.',
          params: TOKEN_PATH,
          body: TOKEN_INPUT,
          response: {
            200: { description: 'Changed.', $ref: 'Token#' },
            201: { description: 'Registered.', $ref: 'Token#' },
          },
        },
      },
      async (request, reply) => {
        const tenant = tenantOf(request);
        const { idToken } = request.params;
        const fields = typeof request.body === 'object' ? request.body : {};
        const token = readTokenRecord({ status: 'Accepted', ...fields, idToken });
        const isNew = (await registry.token(tenant, idToken)) === undefined;
        await registry.putToken(tenant, token);
        return reply.code(isNew ? 201 : 200).send(token);
      },
    );
    server.delete(
      '/v1/tokens/:idToken',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'deleteToken',
          tags: ['tokens'],
          summary: 'Forget a token',
          params: TOKEN_PATH,
          response: { 204: { description: 'Forgotten.', type: 'null' }, 404: problem(404) },
        },
      },
      async (request, reply) => {
        const tenant = tenantOf(request);
        const { idToken } = request.params;
        if ((await registry.token(tenant, idToken)) === undefined) return refuse(reply, NOT_FOUND);
        await registry.deleteToken(tenant, idToken);
        return reply.code(204).send();
      },
    );
  };
}
