/** `POST /v1/chargers/{chargerId}/trace`: the frames of one charger while they pass, as lines of JSON. */
import type { ServerResponse } from 'node:http';
import { type ChargerId, isChargerId, type Tenant } from '@voltlane/wire';
import { callerOf, type Routes, refuse, tenantOf } from '../route.ts';
import { problem } from '../route-defaults.ts';
import type { TraceDesk } from '../traces/trace-desk.ts';
import type { TraceSink } from '../traces/trace-run.ts';
import { IMPOSSIBLE_CHARGER_ID } from './charger-records.ts';
import { CHARGER_PATH } from './charger-schema.ts';

/** What the route needs. */
export interface TraceRoutesPorts {
  readonly traces: Pick<TraceDesk, 'open'>;
  /** Whether it is registered or ever connected. */
  readonly isKnown: (tenant: Tenant, chargerId: ChargerId) => Promise<boolean>;
}

const MEDIA_TYPE = 'application/x-ndjson';
const SECONDS = { min: 1, max: 600, default: 60 };
const FRAMES = { min: 1, max: 100_000, default: 10_000 };

const QUERY = {
  type: 'object',
  properties: {
    seconds: {
      type: 'integer',
      minimum: SECONDS.min,
      maximum: SECONDS.max,
      default: SECONDS.default,
      description: 'How long.',
    },
    framesMax: {
      type: 'integer',
      minimum: FRAMES.min,
      maximum: FRAMES.max,
      default: FRAMES.default,
      description: 'It ends after so many frames.',
    },
  },
} as const;

const EXAMPLE =
  '{"kind":"frame","at":"2026-03-01T12:00:00.000Z","direction":"in","edge":"e5k2m9q1x7w4p0zt","session":"01hqx5","type":"call",' +
  '"bytes":23,"text":"[2,\\"19\\",\\"Heartbeat\\",{}]"}\n';

/** See the head of this file. */
export function traceRoutes({ traces, isKnown }: TraceRoutesPorts): Routes {
  return (server) => {
    server.post(
      '/v1/chargers/:chargerId/trace',
      {
        // Not `read`: frames hold all there is, id tokens of drivers and what commands carry included.
        config: { access: 'command', endless: true },
        schema: {
          operationId: 'traceCharger',
          tags: ['chargers'],
          summary: 'Show the frames of a charger for a while',
          description:
            'One JSON object per line: every frame from and to the charger while it passes, also those that cannot be read, and when its ' +
            'connection opens and closes, whichever edge it is on. It waits for a charger that is away. Passwords and keys are masked. ' +
            'docs/contract.md has the lines.',
          params: CHARGER_PATH,
          querystring: QUERY,
          response: {
            200: {
              description: 'The lines.',
              content: { [MEDIA_TYPE]: { schema: { type: 'string', examples: [EXAMPLE] } } },
            },
            429: problem(429, 'Too many requests, or too many traces with this key.'),
            503: problem(503, 'The bus is away, this process has no room for another trace, or it is stopping.'),
          },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        if (!isChargerId(chargerId)) return refuse(reply, IMPOSSIBLE_CHARGER_ID);
        const tenant = tenantOf(request);
        if (!(await isKnown(tenant, chargerId)))
          return refuse(reply, { code: 'charger-not-found', detail: 'it is not registered and never connected' });
        const refusal = traces.open({
          tenant,
          chargerId,
          caller: callerOf(request),
          requestId: request.id,
          seconds: request.query.seconds ?? SECONDS.default,
          framesMax: request.query.framesMax ?? FRAMES.default,
          begin: (closed) => {
            reply.hijack();
            return begun(reply.raw, request.id, closed);
          },
        });
        if (refusal === undefined) return reply;
        if (refusal.code !== 'too-many-traces') reply.header('retry-after', 1);
        return refuse(reply, refusal);
      },
    );
  };
}

function begun(response: ServerResponse, requestId: string, closed: () => void): TraceSink {
  // A client that went while its charger was looked up closes no second time.
  if (response.destroyed) queueMicrotask(closed);
  response.once('close', closed);
  response.writeHead(200, {
    'content-type': `${MEDIA_TYPE}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-request-id': requestId,
  });
  return {
    write: (line) => void response.write(line),
    buffered: () => response.writableLength,
    onceDrained: (drained) => void response.once('drain', drained),
    end: (atOnce) => {
      if (atOnce) response.destroy();
      else response.end();
    },
  };
}
