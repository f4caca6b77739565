/** GET /v1/chargers and GET /v1/chargers/{chargerId}: the fleet as it is. What is asked and shown is in `fleet/`. */
import type { Journal } from '@voltlane/bus';
import { readState } from '@voltlane/charger-state';
import type { ChargerRecord, Registry } from '@voltlane/registry';
import { type ChargerId, isChargerId, type Subjects, type Tenant } from '@voltlane/wire';
import { detailsOf, FLEET_CHARGER_SCHEMA, FLEET_PAGE_SCHEMA, listedCharger } from '../fleet/fleet-answer.ts';
import type { Fleet } from '../fleet/fleet-feed.ts';
import { decodeCursor, encodeCursor, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, queryFleet } from '../fleet/fleet-query.ts';
import { FleetView } from '../fleet/fleet-view.ts';
import { type Routes, refuse, tenantOf } from '../route.ts';
import { problem } from '../route-defaults.ts';
import { seenTenants, TENANTS } from './seen-tenants.ts';

/** What the routes work with. */
export interface FleetRoutesPorts {
  readonly fleet: Fleet;
  readonly journal: Pick<Journal, 'readLast'>;
  readonly registry: Pick<Registry, 'charger'>;
  readonly subjects: Subjects;
  /** The record as it is shown: without secrets. */
  readonly showRecord: (record: ChargerRecord) => object;
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

/** The routes. */
export function fleetRoutes(ports: FleetRoutesPorts): Routes {
  const { fleet } = ports;
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
        const page = queryFleet(fleet.view.rows(), {
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
    server.get(
      '/v1/chargers/:chargerId',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'getCharger',
          tags: ['chargers'],
          summary: 'Look at a charger',
          params: { type: 'object', required: ['chargerId'], properties: { chargerId: { type: 'string' } } } as const,
          response: { 200: FLEET_CHARGER_SCHEMA },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        const charger = isChargerId(chargerId) ? await lookUp(ports, tenantOf(request), chargerId) : undefined;
        return charger ?? refuse(reply, { code: 'charger-not-found', detail: `no charger ${chargerId}` });
      },
    );
  };
}

/** Read anew: what the view knows may be a moment old, and its rows are lean. */
async function lookUp(ports: FleetRoutesPorts, tenant: Tenant, asked: ChargerId): Promise<object | undefined> {
  const { fleet, journal, registry, subjects, showRecord } = ports;
  const known = fleet.view.get(tenant, asked);
  const record = await registry.charger(tenant, asked);
  const named = known?.journalId || record?.chargerId || asked;
  const chargerId = isChargerId(named) ? named : asked;
  const { record: newest } = await journal.readLast(subjects.eventState({ tenant, chargerId }));
  if (record === undefined && newest === undefined) return undefined;
  const state = readState(newest?.headers);
  const alone = new FleetView(1);
  alone.applyRecord(tenant, asked, record);
  if (newest !== undefined) alone.applyState({ tenant, chargerId }, newest.sequence, state);
  if (known !== undefined) alone.applySeen({ tenant, chargerId: asked }, known.lastSeenS);
  const row = alone.get(tenant, asked);
  if (row === undefined) return undefined;
  return {
    ...listedCharger(row),
    ...detailsOf(state),
    ...(record === undefined ? {} : { record: showRecord(record) }),
  };
}

function splitLabel(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
