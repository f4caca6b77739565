/** `/v1/handlers`: which actions a tenant's own service decides in place of the built-in rule. Workers see a change within a second. */
import { isJsonObject } from '@voltlane/ocpp';
import { delegableActions, HANDLER_FALLBACKS, type HandlerSettings, readTenantHandlers } from '@voltlane/registry';
import { type Routes, tenantOf } from '../route.ts';

/** What the routes need. */
export interface HandlerRoutesPorts {
  readonly handlers: Pick<HandlerSettings, 'get' | 'put' | 'delete'>;
}

const HANDLERS = {
  $id: 'Handlers',
  type: 'object',
  description: 'Settings by action. An action that is not there is decided by the built-in rule.',
  additionalProperties: false,
  required: ['actions'],
  properties: {
    actions: {
      type: 'object',
      propertyNames: { enum: delegableActions() },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          deadlineMs: {
            type: 'integer',
            minimum: 100,
            maximum: 20_000,
            default: 3_000,
            description: 'All the handler gets.',
          },
          attempts: {
            type: 'integer',
            minimum: 1,
            maximum: 5,
            default: 2,
            description: 'How often it is asked meanwhile.',
          },
          fallback: {
            type: 'string',
            enum: [...HANDLER_FALLBACKS],
            default: 'builtIn',
            description: 'What decides when it is away, late or wrong. Not every action can be accepted or rejected.',
          },
        },
      },
    },
  },
  examples: [{ actions: { Authorize: { deadlineMs: 2_000, fallback: 'reject' } } }],
};

const SHOWN = { description: 'What the tenant delegates.', $ref: 'Handlers#' };

/** See the head of this file. */
export function handlerRoutes({ handlers }: HandlerRoutesPorts): Routes {
  return (server) => {
    server.addSchema(HANDLERS);
    server.get(
      '/v1/handlers',
      {
        config: { access: 'read' },
        schema: {
          operationId: 'getHandlers',
          tags: ['handlers'],
          summary: 'What the own service of the tenant decides',
          response: { 200: SHOWN },
        },
      },
      async (request) => (await handlers.get(tenantOf(request))) ?? { actions: {} },
    );
    server.put(
      '/v1/handlers',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'putHandlers',
          tags: ['handlers'],
          summary: 'Leave decisions to the own service of the tenant',
          description:
            'Replaces everything that was delegated before. A service answers `handle.<tenant>.<Action>` over NATS, see the contract.',
          body: { $ref: 'Handlers#' },
          response: { 200: SHOWN },
        },
      },
      async (request) => {
        const body: unknown = request.body;
        const settings = readTenantHandlers(isJsonObject(body) ? body : {});
        request.audit = { actions: Object.keys(settings.actions) };
        await handlers.put(tenantOf(request), settings);
        return settings;
      },
    );
    server.delete(
      '/v1/handlers',
      {
        config: { access: 'configure' },
        schema: {
          operationId: 'deleteHandlers',
          tags: ['handlers'],
          summary: 'Have the built-in rules decide everything again',
          response: { 204: { description: 'Nothing is delegated.', type: 'null' } },
        },
      },
      async (request, reply) => {
        await handlers.delete(tenantOf(request));
        return reply.code(204).send();
      },
    );
  };
}
