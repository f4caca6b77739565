/**
 * The span of a request, from its arrival to the end of its response. A request that brings a `traceparent` is traced as that says,
 * others by the configured share; those that fail at the gate are not, so that only who holds a key can have anything traced. Endless
 * responses have no span. Paths are told as the route spells them: ids in them may be secrets.
 */
import type { Tracing } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import { formatTraceparent, parseTraceparent } from '@voltlane/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operationOf } from './observe.ts';
import type { RequestTrace } from './request-trace.ts';
import type { RouteServer } from './route.ts';

/** Least status that is the server's fault; a client's mistake is no error of the span. */
const SERVER_ERROR = 500;

/** Puts tracing behind the gate. */
export function installSpans(server: RouteServer, tracing: Tracing, clock: Pick<Clock, 'monotonicMs'>): void {
  server.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.endless !== true) request.trace = begin(tracing, request.headers['traceparent']);
  });
  server.addHook('onResponse', async (request, reply) => {
    const { trace } = request;
    if (trace !== undefined) ended(tracing, { request, reply, trace }, clock.monotonicMs());
  });
}

/** The span of a request with this header. */
function begin(tracing: Tracing, header: string | readonly string[] | undefined): RequestTrace | undefined {
  const asked = typeof header === 'string' ? parseTraceparent(header) : undefined;
  if (asked === undefined) {
    const own = tracing.begin();
    return own === undefined ? undefined : { own, parent: undefined };
  }
  if (!asked.sampled) return undefined;
  const parent = formatTraceparent(asked.traceId, asked.spanId);
  return { own: tracing.below(parent), parent };
}

interface Answered {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly trace: RequestTrace;
}

function ended(tracing: Tracing, { request, reply, trace }: Answered, endedMs: number): void {
  const route = request.routeOptions.url ?? 'other';
  const { tenant } = request;
  tracing.ended({
    traceparent: trace.own,
    parent: trace.parent,
    name: `${request.method} ${route}`,
    kind: 'server',
    startedMs: endedMs - reply.elapsedTime,
    endedMs,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'voltlane.operation': operationOf(request),
      'voltlane.request': request.id,
      ...(tenant === undefined ? {} : { 'voltlane.tenant': tenant }),
    },
    error: reply.statusCode >= SERVER_ERROR ? String(reply.statusCode) : undefined,
  });
}
