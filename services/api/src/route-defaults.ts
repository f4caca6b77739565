/**
 * What every route has in common, added to its schema when it is declared, so that the document and the checks cannot differ: `tenant`
 * in the query and nothing unknown there, the problem responses it can give, the security scheme. Refuses a route that does not say
 * who may use it or what it is called.
 */
import type { RouteOptions } from 'fastify';
import { PROBLEM_TYPE } from './problem.ts';

type Schema = Readonly<Record<string, unknown>>;

const TENANT = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description:
    'The tenant it is about. A key bound to a tenant needs none; for other keys it is `default` if left out.',
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request is not well-formed or breaks its schema.',
  401: 'No API key, or one that does not count.',
  403: 'The role or the tenant of the key does not allow this.',
  404: 'It is not there.',
  413: 'The body is too large.',
  415: 'The body has another content type.',
  429: 'Too many requests with this key. `Retry-After` says when.',
  500: 'A fault of the api.',
  503: 'The bus is away, or the process is stopping.',
};

/** Completes a route in place and returns the id of its operation. Throws for one that is not fully declared. */
export function completeRoute(route: RouteOptions): string {
  const { config, schema, url } = route;
  const access = config?.access;
  if (access === undefined) throw new TypeError(`route ${url} does not say who may use it (config.access)`);
  if (schema?.operationId === undefined || schema.summary === undefined || schema.tags === undefined) {
    throw new TypeError(`route ${url} lacks operationId, summary or tags`);
  }
  const isOpen = access === 'public';
  const hasBody = schema.body !== undefined;
  const statuses = [
    ...(isOpen ? [] : [400, 401, 403]),
    ...(schema.params === undefined ? [] : [404]),
    ...(hasBody ? [413, 415] : []),
    429,
    500,
    503,
  ];
  route.schema = {
    ...schema,
    querystring: isOpen ? closed(schema.querystring, {}) : closed(schema.querystring, { tenant: TENANT }),
    response: { ...Object.fromEntries(statuses.map((status) => [status, problem(status)])), ...own(schema.response) },
    security: isOpen ? [] : [{ apiKey: [] }],
  };
  return schema.operationId;
}

/** A response that is a problem, for routes that document a status of their own (409, say). */
export function problem(status: number, description: string = REASONS[status] ?? 'Refused.'): Schema {
  return { description, content: { [PROBLEM_TYPE]: { schema: { $ref: 'Problem#' } } } };
}

function closed(schema: unknown, added: Schema): Schema {
  const given = own(schema);
  return {
    type: 'object',
    ...given,
    properties: { ...added, ...own(given['properties']) },
    additionalProperties: false,
  };
}

function own(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
