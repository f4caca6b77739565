/** `GET /v1/chargers/{chargerId}`: what is known of one charger. */
import type { Registry } from '@voltlane/registry';
import { isChargerId } from '@voltlane/wire';
import { type Routes, refuse, tenantOf } from '../route.ts';
import { IMPOSSIBLE_CHARGER_ID } from './charger-records.ts';
import { CHARGER_PATH, viewOf } from './charger-schema.ts';

/** What the route needs. */
export interface ChargerPorts {
  readonly registry: Pick<Registry, 'charger'>;
}

/** See the head of this file. */
export function chargerRoutes({ registry }: ChargerPorts): Routes {
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
          response: {
            200: {
              description: 'What is known of it.',
              type: 'object',
              required: ['chargerId', 'record'],
              properties: {
                chargerId: { type: 'string' },
                record: {
                  description: 'What is registered; null for a charger that is not.',
                  anyOf: [{ $ref: 'ChargerRecord#' }, { type: 'null' }],
                },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        if (!isChargerId(chargerId)) return refuse(reply, IMPOSSIBLE_CHARGER_ID);
        const record = await registry.charger(tenantOf(request), chargerId);
        if (record === undefined) return refuse(reply, { code: 'charger-not-found', detail: 'it is not registered' });
        return reply.send({ chargerId: record.chargerId, record: viewOf(record) });
      },
    );
  };
}
