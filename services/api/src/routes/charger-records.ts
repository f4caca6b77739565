/** `PUT` and `DELETE /v1/chargers/{chargerId}`: who may connect, and how it is treated. */
import { type Registry, readChargerInput, recordToStore } from '@voltlane/registry';
import type { Random } from '@voltlane/time';
import { isChargerId } from '@voltlane/wire';
import { type Routes, refuse, tenantOf } from '../route.ts';
import { problem } from '../route-defaults.ts';
import { CHARGER_INPUT, CHARGER_PATH, CHARGER_RECORD, viewOf } from './charger-schema.ts';

/** What the routes need. */
export interface ChargerRecordPorts {
  readonly registry: Pick<Registry, 'charger' | 'putCharger' | 'deleteCharger'>;
  readonly random: Random;
}

/** The answer to an id no charger can have. */
export const IMPOSSIBLE_CHARGER_ID = {
  code: 'invalid-request',
  detail: 'must be 1 to 255 bytes of text without "/" and control characters',
  path: '/path/chargerId',
} as const;

const WRITTEN = { type: 'object', properties: { record: { $ref: 'ChargerRecord#' } }, required: ['record'] };

/** See the head of this file. */
export function chargerRecordRoutes({ registry, random }: ChargerRecordPorts): Routes {
  return (server) => {
    server.addSchema(CHARGER_RECORD);
    server.put(
      '/v1/chargers/:chargerId',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'putCharger',
          tags: ['chargers'],
          summary: 'Register a charger, or change what is registered',
          description:
            'Replaces the record, except for the password where none is given. In effect everywhere within a second.',
          params: CHARGER_PATH,
          body: CHARGER_INPUT,
          response: {
            200: { description: 'Changed.', ...WRITTEN },
            201: { description: 'Registered.', ...WRITTEN },
          },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        if (!isChargerId(chargerId)) return refuse(reply, IMPOSSIBLE_CHARGER_ID);
        const tenant = tenantOf(request);
        const input = readChargerInput(chargerId, { ...fieldsOf(request.body) });
        const stored = await registry.charger(tenant, chargerId);
        const record = recordToStore(input, stored, random);
        await registry.putCharger(tenant, record);
        return reply.code(stored === undefined ? 201 : 200).send({ record: viewOf(record) });
      },
    );
    server.delete(
      '/v1/chargers/:chargerId',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'deleteCharger',
          tags: ['chargers'],
          summary: 'Forget what is registered about a charger',
          description: 'It cannot connect again where only registered chargers may. A connection it has is not closed.',
          params: CHARGER_PATH,
          response: { 204: { description: 'Forgotten.', type: 'null' }, 404: problem(404) },
        },
      },
      async (request, reply) => {
        const { chargerId } = request.params;
        const tenant = tenantOf(request);
        if ((await registry.charger(tenant, chargerId)) === undefined) {
          return refuse(reply, { code: 'charger-not-found', detail: 'it is not registered' });
        }
        await registry.deleteCharger(tenant, chargerId);
        return reply.code(204).send();
      },
    );
  };
}

function fieldsOf(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {};
}
