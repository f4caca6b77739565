/**
 * What a route is made of. A file of `routes/` is one noun: it takes an object of narrow ports and returns a `Routes`, which the server
 * calls once. A route says in `config.access` who may use it and in `schema` what it takes and gives; the server adds what all
 * routes have in common (`tenant` in the query, the problem responses, the security scheme: see `route-defaults.ts`).
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogFields } from '@voltlane/telemetry';
import type { Tenant } from '@voltlane/wire';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { PROBLEM_TYPE, PROBLEMS, type ProblemFacts, problemOf } from './problem.ts';
import type { RequestTrace } from './request-trace.ts';
import type { Caller, Permission } from './roles.ts';

/** Types of path, query and body, from their schemas; what is sent is held to its schema by the tests. */
export interface TypesOfSchemas extends FastifyTypeProvider {
  readonly validator: this['schema'] extends JSONSchema ? FromSchema<this['schema']> : unknown;
  readonly serializer: unknown;
}

/** The server as routes see it: types of path, query and body come from their schemas. */
export type RouteServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypesOfSchemas
>;

/** Adds the routes of one noun. */
export type Routes = (server: RouteServer) => void;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. Every route says so. */
    readonly access?: 'public' | Permission;
    /** The response goes on until somebody ends it: it is not timed. */
    readonly endless?: boolean;
  }
  interface FastifyRequest {
    /** Whom it comes from; undefined on public routes. Read it with `callerOf`. */
    caller: Caller | undefined;
    /** The tenant it is about. Read it with `tenantOf`. */
    tenant: Tenant | undefined;
    /** A JSON body as it came, for who must not lose digits of large numbers. */
    bodyText: string;
    /** More about a change for its audit line; never a secret. */
    audit: LogFields | undefined;
    /** Its span, when it is traced. */
    trace: RequestTrace | undefined;
  }
}

/** Whom a request of a route with a permission comes from. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new TypeError('asked for the caller of a public route');
  return request.caller;
}

/** The tenant a request of a route with a permission is about. */
export function tenantOf(request: FastifyRequest): Tenant {
  if (request.tenant === undefined) throw new TypeError('asked for the tenant of a public route');
  return request.tenant;
}

/** Answers with a problem. `return refuse(reply, { code, detail })`. */
export function refuse(reply: FastifyReply, facts: ProblemFacts): FastifyReply {
  return reply.code(PROBLEMS[facts.code].status).type(PROBLEM_TYPE).send(problemOf(facts, reply.request.id));
}
