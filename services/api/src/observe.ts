/**
 * What is reported about requests: metrics with closed labels, a log line each at debug, and one audit line for every change: who, what,
 * which tenant, which id, which request, how it ended. Never a key, a password or a body.
 */
import type { Logger, Metrics } from '@voltlane/telemetry';
import { traceIdOf } from '@voltlane/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFUSAL_REASONS, type RefusalReason } from './auth.ts';

/** The figures of an api. */
export interface ApiMetrics {
  request(operation: string, status: number): void;
  /** How long until the response was out; not for endless ones. `traceparent` of a traced one makes its trace the exemplar. */
  took(operation: string, seconds: number, traceparent?: string): void;
  /** A request whose key did not count; `limited` when its address had too many of them. */
  refused(reason: RefusalReason | 'limited'): void;
  /** A request over the rate of its key. */
  limited(): void;
}

const STATUSES = ['2xx', '3xx', '4xx', '5xx'];
const BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/** Registers the figures; `operations` are the ids of all routes. */
export function createApiMetrics(metrics: Metrics, operations: readonly string[], inFlight: () => number): ApiMetrics {
  const requests = metrics.counter({
    name: 'api_requests_total',
    help: 'Requests answered, by operation and class of status. `other`: no such path or method.',
    labels: { operation: operations, status: STATUSES },
  });
  const durations = metrics.histogram({
    name: 'api_request_duration_seconds',
    help: 'From the request to the end of its response; event streams not included.',
    labels: { operation: operations },
    buckets: BUCKETS_S,
  });
  const refusals = metrics.counter({
    name: 'api_authentications_refused_total',
    help: 'Requests whose API key did not count, by reason.',
    labels: { reason: [...REFUSAL_REASONS, 'limited'] },
  });
  const limited = metrics.counter({ name: 'api_rate_limited_total', help: 'Requests over the rate of their key.' });
  metrics.readGauge({ name: 'api_requests_in_flight', help: 'Requests without a finished response.', read: inFlight });
  return {
    request: (operation, status) => requests.of({ operation, status: `${Math.floor(status / 100)}xx` }).add(),
    took: (operation, seconds, traceparent) =>
      durations.of({ operation }).observe(seconds, traceparent === undefined ? undefined : traceIdOf(traceparent)),
    refused: (reason) => refusals.of({ reason }).add(),
    limited: () => limited.of({}).add(),
  };
}

/** Name of what a request asks for: the operation of its route, `other` for what is no route. */
export function operationOf(request: FastifyRequest): string {
  return request.routeOptions.schema?.operationId ?? 'other';
}

/** Writes the lines of an answered request. */
export function logAnswered(log: Logger, request: FastifyRequest, reply: FastifyReply): void {
  const { caller, tenant, method } = request;
  const operation = operationOf(request);
  const facts = { request: request.id, operation, status: reply.statusCode };
  log.debug({ ...facts, method, tookMs: Math.round(reply.elapsedTime) }, 'request answered');
  // What is no route changes nothing.
  if (caller === undefined || request.is404 || method === 'GET' || method === 'HEAD') return;
  log.info(
    { ...facts, keyId: caller.keyId, keyName: caller.name, tenant, ...idsOf(request), ...request.audit },
    'audit',
  );
}

/** Ids in the path. A token's is a secret of its holder: only its end is shown. */
function idsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const { params } = request;
  if (typeof params !== 'object' || params === null) return {};
  const shown = Object.entries(params).map(([name, value]): [string, string] =>
    name === 'idToken' ? ['tokenEnd', String(value).slice(-4)] : [name, String(value)],
  );
  return Object.fromEntries(shown);
}
