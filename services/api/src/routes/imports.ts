/** `POST /v1/chargers/import` and `/v1/tokens/import`: many at once, as lines of JSON, streamed. */
import { Readable } from 'node:stream';
import type { SeedTarget } from '@voltlane/registry';
import type { Random } from '@voltlane/time';
import { importLines } from '../import-lines.ts';
import { type RouteServer, type Routes, tenantOf } from '../route.ts';

/** What the routes need. */
export interface ImportRoutePorts {
  readonly registry: SeedTarget;
  readonly random: Random;
}

const MEDIA_TYPE = 'application/x-ndjson';

const REPORT = {
  $id: 'ImportReport',
  type: 'object',
  required: ['read', 'written', 'unchanged', 'failed', 'errors'],
  properties: {
    read: { type: 'integer', description: 'Lines that held something.' },
    written: { type: 'integer' },
    unchanged: { type: 'integer', description: 'Were there already, exactly like that.' },
    failed: { type: 'integer' },
    errors: {
      type: 'array',
      description: 'The first 100 lines that failed.',
      items: {
        type: 'object',
        required: ['line', 'message'],
        properties: { line: { type: 'integer', description: 'Counted from 1.' }, message: { type: 'string' } },
      },
    },
  },
  examples: [{ read: 3, written: 2, unchanged: 0, failed: 1, errors: [{ line: 2, message: 'not JSON' }] }],
};

const NOUNS = [
  {
    url: '/v1/chargers/import',
    kind: 'charger',
    tag: 'chargers',
    operationId: 'importChargers',
    fields: 'the fields of a charger’s record and its id as `charger`',
    example: '{"charger":"CP1","password":"correct-horse-battery"}\n{"charger":"CP2","labels":{"site":"north"}}\n',
  },
  {
    url: '/v1/tokens/import',
    kind: 'token',
    tag: 'tokens',
    operationId: 'importTokens',
    fields: 'the fields of a token and its id as `idToken`',
    example: '{"idToken":"04A1B2C3D4"}\n{"idToken":"04A1B2C3D5","status":"Blocked"}\n',
  },
] as const;

/** See the head of this file. */
export function importRoutes(ports: ImportRoutePorts): Routes {
  return (server) => {
    server.addSchema(REPORT);
    // A scope of its own: only here a body is a stream, and only here it is no JSON.
    server.register(async (scope: RouteServer) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(MEDIA_TYPE, (_request, payload, done) => done(null, payload));
      for (const noun of NOUNS) declare(scope, noun, ports);
    });
  };
}

function declare(server: RouteServer, noun: (typeof NOUNS)[number], { registry, random }: ImportRoutePorts): void {
  const { url, kind, tag, operationId, fields, example } = noun;
  server.post(
    url,
    {
      config: { access: 'configure' },
      schema: {
        operationId,
        tags: [tag],
        summary: `Register many ${tag}`,
        description:
          `One JSON object per line: ${fields}. Lines are written as they come; a bad one is reported and does not stop the others. ` +
          'A line that changes nothing costs nothing, so an import that broke off can be sent again.',
        body: { content: { [MEDIA_TYPE]: { schema: { description: 'Lines of JSON.', examples: [example] } } } },
        response: { 200: { description: 'What became of the lines.', $ref: 'ImportReport#' } },
      },
    },
    async (request, reply) => {
      const chunks: unknown = request.body;
      // Without a body there is nothing to read.
      const stream = chunks instanceof Readable ? chunks : Readable.from([]);
      const report = await importLines(stream, { kind, tenant: tenantOf(request) }, { target: registry, random });
      const { read, written, failed } = report;
      request.audit = { read, written, failed };
      return reply.send(report);
    },
  );
}
