/** `GET /v1/chargers`: the fleet as it is, page by page. What is asked and shown is in `fleet/`. */
import { FLEET_PAGE_SCHEMA, listedCharger } from '../fleet/fleet-answer.ts';
import type { Fleet } from '../fleet/fleet-feed.ts';
import { decodeCursor, encodeCursor, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, queryFleet } from '../fleet/fleet-query.ts';
import { type Routes, refuse } from '../route.ts';
import { problem } from '../route-defaults.ts';
import { seenTenants, TENANTS } from './seen-tenants.ts';

/** What the route needs. */
export interface ChargerListPorts {
  readonly fleet: Fleet;
}

const TEXT = { type: 'string', minLength: 1, maxLength: 255 } as const;
const LABEL = { type: 'string', pattern: '^[^=]+=', maxLength: 1_024 } as const;
const QUERY = {
  type: 'object',
  properties: {
    tenant: TENANTS,
    connected: { type: 'boolean' },
    registered: { type: 'boolean' },
    registration: { type: 'string', enum: ['None', 'Accepted', 'Pending', 'Rejected'] },
    version: { type: 'string', enum: ['1.6', '2.0.1', '2.1'] },
    vendor: TEXT,
    model: TEXT,
    edge: TEXT,
    status: { ...TEXT, description: 'Any of its connectors has this status, for instance `Faulted`.' },
    charging: { type: 'boolean', description: 'A transaction is running.' },
    label: {
      description: '`name=value`; may be repeated, all must hold.',
      anyOf: [LABEL, { type: 'array', maxItems: 16, items: LABEL }],
    },
    search: { ...TEXT, description: 'Part of identity, vendor, model or a label, in any case.' },
    limit: { type: 'integer', minimum: 1, maximum: PAGE_ROWS_MAX, description: `${PAGE_ROWS_DEFAULT} if left out.` },
    cursor: { type: 'string', maxLength: 1_024, description: 'From the page before.' },
    total: { type: 'boolean', description: 'Count all that match.' },
  },
} as const;

/** See the head of this file. */
export function chargerListRoutes({ fleet }: ChargerListPorts): Routes {
  return (server) => {
    server.get(
      '/v1/chargers',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'listChargers',
          tags: ['chargers'],
          summary: 'List chargers',
          description: 'Registered chargers and those that ever connected, with their state.',
          querystring: QUERY,
          response: {
            200: FLEET_PAGE_SCHEMA,
            503: problem(503, 'This process still reads the fleet, the fleet is too large for it, or it is stopping.'),
          },
        },
      },
      (request, reply) => {
        if (!fleet.ready()) {
          reply.header('retry-after', 1);
          return refuse(reply, { code: 'not-ready', detail: 'this process still reads the fleet; try again' });
        }
        if (fleet.view.incomplete) {
          const detail = `there are more than ${fleet.view.size} chargers; raise VOLTLANE_FLEET_CHARGERS_MAX`;
          return refuse(reply, { code: 'fleet-too-large', detail });
        }
        const { query } = request;
        const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
        if (query.cursor !== undefined && after === undefined) {
          return refuse(reply, { code: 'invalid-request', detail: 'is no cursor of a page', path: '/query/cursor' });
        }
        const page = queryFleet(fleet.view.table(), {
          ...query,
          tenant: seenTenants(request),
          labels: query.label === undefined ? undefined : [query.label].flat().map(splitLabel),
          after,
          limit: query.limit ?? PAGE_ROWS_DEFAULT,
          total: query.total ?? false,
        });
        return {
          chargers: page.rows.map(listedCharger),
          ...(page.next === undefined ? {} : { cursor: encodeCursor(page.next) }),
          ...(page.total === undefined ? {} : { total: page.total }),
        };
      },
    );
  };
}

function splitLabel(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
