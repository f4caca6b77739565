/** `GET /v1/chargers/{chargerId}`: what is known of one charger, its state and what is registered. */
import type { Journal } from '@voltlane/bus';
import { readState } from '@voltlane/charger-state';
import type { Registry } from '@voltlane/registry';
import { type ChargerId, isChargerId, type Subjects, type Tenant } from '@voltlane/wire';
import { detailsOf, FLEET_CHARGER_SCHEMA, listedCharger } from '../fleet/fleet-answer.ts';
import type { Fleet } from '../fleet/fleet-feed.ts';
import { FleetView } from '../fleet/fleet-view.ts';
import { type Routes, refuse, tenantOf } from '../route.ts';
import { IMPOSSIBLE_CHARGER_ID } from './charger-records.ts';
import { CHARGER_PATH, viewOf } from './charger-schema.ts';

/** What the route needs. */
export interface ChargerPorts {
  readonly fleet: Fleet;
  readonly journal: Pick<Journal, 'readLast'>;
  readonly registry: Pick<Registry, 'charger'>;
  readonly subjects: Subjects;
}

/** See the head of this file. */
export function chargerRoutes(ports: ChargerPorts): Routes {
  return (server) => {
    server.get(
      '/v1/chargers/:chargerId',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'getCharger',
          tags: ['chargers'],
          summary: 'One charger',
          params: CHARGER_PATH,
          response: { 200: FLEET_CHARGER_SCHEMA },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        if (!isChargerId(chargerId)) return refuse(reply, IMPOSSIBLE_CHARGER_ID);
        const charger = await lookUp(ports, tenantOf(request), chargerId);
        if (charger !== undefined) return reply.send(charger);
        return refuse(reply, { code: 'charger-not-found', detail: 'it is not registered and never connected' });
      },
    );
  };
}

/** Whether it is registered or ever connected. */
export async function isKnownCharger(ports: ChargerPorts, tenant: Tenant, asked: ChargerId): Promise<boolean> {
  return (await lookUp(ports, tenant, asked)) !== undefined;
}

/** Read anew: what the view knows may be a moment old, and its rows are lean. */
async function lookUp(ports: ChargerPorts, tenant: Tenant, asked: ChargerId): Promise<object | undefined> {
  const { fleet, journal, registry, subjects } = ports;
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
    record: record === undefined ? null : viewOf(record),
  };
}
