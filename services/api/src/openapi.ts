/** The OpenAPI 3.1 document of the api, made from the schemas the routes are checked with. Owns its frame; routes own the rest. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** Tags of the routes, in the order of the document. A route with another tag is refused by the test of the document. */
export const TAGS: { readonly name: string; readonly description: string }[] = [
  { name: 'chargers', description: 'Who may connect, and how each charger is treated.' },
  { name: 'commands', description: 'Calls to chargers and what became of them.' },
  { name: 'events', description: 'What happens, as a stream.' },
  { name: 'tokens', description: 'Who may charge.' },
  { name: 'keys', description: 'Who may use this api.' },
  { name: 'about', description: 'The api itself.' },
];

/** Frame of the document. */
export const OPENAPI: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Voltlane',
      version: '1',
      description:
        'OCPP broker. Every path under `/v1` needs an API key. Errors are problem details (RFC 9457) with a `code` from a closed list. ' +
        'Within `/v1` fields, codes and paths are added, never changed or taken away: ignore fields you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    tags: TAGS,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `Authorization: Bearer <key>`.' },
      },
    },
  },
  // By their `$id`, not `def-0`.
  refResolver: {
    buildLocalReference: ({ $id }, _base, _fragment, index) => (typeof $id === 'string' ? $id : `def-${index}`),
  },
};
