/** GET /v1/events: what happens, as server-sent events. Owns the request and the response; streams are in `events/`. */
import type { ServerResponse } from 'node:http';
import { type ChargerId, EVENT_KINDS, isChargerId, type Tenant } from '@voltlane/wire';
import type { FastifyRequest } from 'fastify';
import type { EventHub, StreamStart } from '../events/event-hub.ts';
import { parsePosition } from '../events/event-position.ts';
import type { EventSink } from '../events/event-stream.ts';
import type { ProblemFacts } from '../problem.ts';
import { callerOf, type Routes, refuse } from '../route.ts';
import { problem } from '../route-defaults.ts';
import { seenTenants, TENANTS } from './seen-tenants.ts';

/** What the routes work with. */
export interface EventRoutesPorts {
  readonly hub: EventHub;
  /** The identity as it stands on the subjects, of a charger asked for in any case; nothing when none is known. */
  readonly identityOf: (tenant: Tenant, chargerId: ChargerId) => string | undefined;
}

const POSITION = '^(0|[1-9][0-9]{0,14})(-(0|[1-9][0-9]{0,4}))?$';
const KIND = { type: 'string', enum: EVENT_KINDS } as const;
const QUERY = {
  type: 'object',
  properties: {
    tenant: TENANTS,
    charger: { type: 'string', minLength: 1, maxLength: 255, description: 'Only of this charger.' },
    kind: {
      description: 'Only of this kind; may be repeated. docs/events.md lists them.',
      anyOf: [KIND, { type: 'array', maxItems: EVENT_KINDS.length, items: KIND }],
    },
    class: { type: 'string', enum: ['state', 'meter'], description: 'Only changes of state, or only telemetry.' },
    after: {
      type: 'string',
      pattern: POSITION,
      description:
        'An id of an earlier event: begin with the one behind it. The header `Last-Event-ID` goes before it.',
    },
    from: {
      type: 'string',
      enum: ['now', 'oldest'],
      description: 'Where to begin without an id: with what happens next (`now`), or with the oldest that is kept.',
    },
  },
} as const;

/** The routes. */
export function eventRoutes(ports: EventRoutesPorts): Routes {
  return (server) => {
    server.get(
      '/v1/events',
      {
        exposeHeadRoute: false,
        config: { access: 'read', endless: true },
        schema: {
          operationId: 'followEvents',
          tags: ['events'],
          summary: 'Follow what happens',
          description:
            'Server-sent events: `event` is the kind, `data` one JSON object, `id` a position to come back to with `Last-Event-ID`. In ' +
            'order per charger, at least once. `event: gap` says that events may be missing in between. docs/contract.md has the details.',
          querystring: QUERY,
          response: {
            200: { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } },
            429: problem(429, 'Too many requests, or too many streams with this key.'),
            503: problem(503, 'The bus is away, this process has no room for another stream, or it is stopping.'),
          },
        },
      },
      async (request, reply) => {
        const start = startOf(request.headers['last-event-id'], request.query);
        if ('code' in start) return refuse(reply, start);
        const { charger, kind } = request.query;
        if (charger !== undefined && !isChargerId(charger)) {
          return refuse(reply, { code: 'invalid-request', detail: 'is no identity', path: '/query/charger' });
        }
        const tenant = seenTenants(request);
        const refusal = await ports.hub.open({
          keyId: callerOf(request).keyId,
          selection: {
            tenant,
            charger: charger === undefined ? undefined : identity(ports, tenant, charger),
            class: request.query.class,
            kinds: kind === undefined ? undefined : new Set([kind].flat()),
          },
          start: start.start,
          begin: (closed) => {
            reply.hijack();
            return begun(request, reply.raw, closed);
          },
        });
        if (refusal === undefined) return reply;
        if (refusal.code !== 'too-many-streams') reply.header('retry-after', 1);
        return refuse(reply, refusal);
      },
    );
  };
}

/** A key of all tenants that asks for a charger of any tenant must say its identity as it is. */
function identity(ports: EventRoutesPorts, tenant: Tenant | undefined, asked: ChargerId): ChargerId {
  const known = tenant === undefined ? undefined : ports.identityOf(tenant, asked);
  return known !== undefined && isChargerId(known) ? known : asked;
}

function startOf(
  lastEventId: string | string[] | undefined,
  query: { readonly after?: string | undefined; readonly from?: 'now' | 'oldest' | undefined },
): ProblemFacts | { readonly start: StreamStart } {
  const header = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined;
  const text = header ?? query.after;
  if (text === undefined) return { start: query.from ?? 'now' };
  const position = parsePosition(text);
  if (position !== undefined) return { start: position };
  const path = header === undefined ? '/query/after' : '/headers/last-event-id';
  return { code: 'invalid-request', detail: 'is no id of an event', path };
}

function begun(request: FastifyRequest, response: ServerResponse, closed: () => void): EventSink {
  // A client that went while the stream was being opened closes no second time.
  if (response.destroyed) queueMicrotask(closed);
  response.once('close', closed);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': request.id,
  });
  // The client knows that it is connected before anything happens.
  response.flushHeaders();
  return {
    write: (text) => response.write(text),
    onceDrained: (drained) => void response.once('drain', drained),
    end: (atOnce) => {
      if (atOnce) response.destroy();
      else response.end();
    },
  };
}
