/**
 * The HTTP server of the api. It listens to nothing itself: the health server of the process owns the port and hands over every other
 * path. Owns what all requests have in common; what they ask for is in `routes/`.
 *
 * 1. Nothing under /v1 is looked at without a key (`gate.ts`).
 * 2. Every refusal is a problem from the closed list. An error nobody expected is logged, and told without its text.
 * 3. `drain` takes no new request and waits for the others; endless responses are ended by who began them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fastifySwagger } from '@fastify/swagger';
import type { Logger, Metrics, Tracing } from '@voltlane/telemetry';
import { type Clock, type Random, randomId } from '@voltlane/time';
import { type FastifyInstance, fastify } from 'fastify';
import type { Authenticator } from './auth.ts';
import { createDocsPage, DOCS_PATH } from './docs-page.ts';
import { problemOfError, RefusedBody } from './error-problem.ts';
import { installGate } from './gate.ts';
import { readJsonBody } from './json-body.ts';
import { KnownPaths } from './known-paths.ts';
import { createApiMetrics, logAnswered, operationOf } from './observe.ts';
import { OPENAPI } from './openapi.ts';
import { PROBLEM_SCHEMA, PROBLEM_TYPE, problemOf } from './problem.ts';
import { RateLimit } from './rate-limit.ts';
import { type RouteServer, type Routes, refuse, type TypesOfSchemas } from './route.ts';
import { completeRoute } from './route-defaults.ts';
import { installCompilers, NO_COMPILERS } from './schema-compiler.ts';
import { installSpans } from './spans.ts';

/** What the server is made of. */
export interface ApiServerParts {
  readonly routes: readonly Routes[];
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  /** Undefined where traces are off. */
  readonly tracing?: Tracing | undefined;
  readonly options: ApiServerOptions;
}

/** Its bounds. */
export interface ApiServerOptions {
  readonly requestsPerSecond: number;
  readonly requestsBurstMax: number;
  readonly bodyBytesMax: number;
  /** Take the peer's address from `X-Forwarded-For`. */
  readonly trustProxy: boolean;
}

/** The server, ready to be handed requests. */
export interface ApiServer {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The OpenAPI document. */
  document(): object;
  /** Refuses what is new and resolves when every response is out. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** An identity has up to 255 bytes, three characters each when all are escaped. */
const PATH_PART_CHARS_MAX = 1_024;
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const REQUEST_ID_CHARS = 16;

/** Builds the server and every route; rejects when a route is not fully declared. */
export async function createApiServer(parts: ApiServerParts): Promise<ApiServer> {
  const { log, options, clock, tracing } = parts;
  const server = newServer(parts);
  const operations = await declareRoutes(server, parts.routes);
  const open = new Set<ServerResponse>();
  const metrics = createApiMetrics(parts.metrics, operations, () => open.size);
  const rates = new RateLimit({ perSecond: options.requestsPerSecond, burstMax: options.requestsBurstMax }, clock);
  installGate(server, { authenticator: parts.authenticator, rates, metrics });
  if (tracing !== undefined) installSpans(server, tracing, clock);
  server.addHook('onResponse', async (request, reply) => {
    const operation = operationOf(request);
    metrics.request(operation, reply.statusCode);
    if (request.routeOptions.config.endless !== true) {
      metrics.took(operation, reply.elapsedTime / 1000, request.trace?.own);
    }
    logAnswered(log, request, reply);
  });
  await server.ready();

  const docs = createDocsPage(
    () => server.swagger(),
    (error) => log.error({ err: error }, 'docs page failed'),
  );
  let drained: (() => void) | undefined;
  return {
    handle(request, response) {
      if (drained !== undefined) {
        turnAway(request, response, newRequestId(parts.random, request));
        return;
      }
      open.add(response);
      response.once('close', () => {
        open.delete(response);
        if (open.size === 0) drained?.();
      });
      if (isDocs(request.url ?? '')) docs.handle(request, response);
      else server.routing(request, response);
    },
    document: () => server.swagger(),
    drain() {
      const { promise, resolve } = Promise.withResolvers<void>();
      drained = resolve;
      if (open.size === 0) resolve();
      return promise;
    },
    async close() {
      await docs.close();
      await server.close();
    },
  };
}

function newServer({ options, random, log }: ApiServerParts): RouteServer {
  const plain: FastifyInstance = fastify({
    bodyLimit: options.bodyBytesMax,
    trustProxy: options.trustProxy,
    routerOptions: { maxParamLength: PATH_PART_CHARS_MAX },
    genReqId: (request) => newRequestId(random, request),
    schemaController: NO_COMPILERS,
    // What fails before a route is found, for instance a path with a broken escape.
    frameworkErrors: (error, request, reply) => {
      void refuse(reply.header('x-request-id', request.id), problemOfError(error));
    },
  });
  const server = plain.withTypeProvider<TypesOfSchemas>();
  server.decorateRequest('caller', undefined);
  server.decorateRequest('tenant', undefined);
  server.decorateRequest('bodyText', '');
  server.decorateRequest('audit', undefined);
  server.decorateRequest('trace', undefined);
  installCompilers(plain);
  server.addSchema(PROBLEM_SCHEMA);

  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    request.bodyText = text.toString();
    // Clients name the content type of a DELETE that has no body.
    if (request.bodyText === '' && request.routeOptions.schema?.body === undefined) {
      done(null, undefined);
      return;
    }
    const reading = readJsonBody(request.bodyText);
    if (reading.kind === 'value') done(null, reading.value);
    else done(new RefusedBody(reading.problem));
  });
  server.setErrorHandler((error, request, reply) => {
    const facts = problemOfError(error);
    if (facts.code === 'internal-error') {
      log.error({ err: error, request: request.id, operation: operationOf(request) }, 'request failed');
    }
    if (facts.code === 'unavailable') reply.header('retry-after', 1);
    return refuse(reply, facts);
  });
  return server;
}

/** Declares all routes; resolves to the ids of their operations. */
async function declareRoutes(server: RouteServer, routes: readonly Routes[]): Promise<readonly string[]> {
  const paths = new KnownPaths();
  const operations: string[] = [];
  server.addHook('onRoute', (route) => {
    paths.add(route.url, [route.method].flat());
    const operation = completeRoute(route);
    // Fastify declares HEAD beside each GET by itself; it is the same operation.
    if (route.method !== 'HEAD') operations.push(operation);
  });
  await server.register(fastifySwagger, OPENAPI);
  server.get(
    '/openapi.json',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getDocument',
        tags: ['about'],
        summary: 'This document',
        response: { 200: { type: 'object', description: 'OpenAPI 3.1.' } },
      },
    },
    () => ({ ...server.swagger() }),
  );
  for (const declare of routes) declare(server);
  server.setNotFoundHandler((request, reply) => {
    const methods = paths.methodsOf(request.url.split('?', 1)[0] ?? '/');
    if (methods.length === 0) return refuse(reply, { code: 'not-found', detail: 'all paths are in /openapi.json' });
    const allowed = methods.join(', ');
    return refuse(reply.header('allow', allowed), { code: 'method-not-allowed', detail: `it has ${allowed}` });
  });
  return operations;
}

function isDocs(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return path === DOCS_PATH || path.startsWith(`${DOCS_PATH}/`);
}

function newRequestId(random: Random, request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomId(random, REQUEST_ID_CHARS);
}

function turnAway(request: IncomingMessage, response: ServerResponse, requestId: string): void {
  request.resume();
  const problem = problemOf({ code: 'stopping', detail: 'another process of the api takes it' }, requestId);
  response.writeHead(503, {
    'content-type': PROBLEM_TYPE,
    connection: 'close',
    'retry-after': '1',
    'x-request-id': requestId,
  });
  response.end(JSON.stringify(problem));
}
