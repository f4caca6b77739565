/**
 * `/docs`: the OpenAPI document for people. A Fastify of its own that is made when somebody first opens the page: the renderer and its
 * assets cost nothing until then, and nothing it does can hurt the api beside it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FastifyInstance, fastify } from 'fastify';

/** Where the page is. */
export const DOCS_PATH = '/docs';

/** The page. */
export interface DocsPage {
  handle(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

type Document = Exclude<ReturnType<FastifyInstance['swagger']>, string>;
type Served = { routing(request: IncomingMessage, response: ServerResponse): void; close(): Promise<void> };

/** Makes the page for a document that is asked for once. */
export function createDocsPage(document: () => Document, onError: (error: unknown) => void): DocsPage {
  let page: Promise<Served> | undefined;
  return {
    handle(request, response) {
      page ??= open(document());
      page.then(
        (served) => served.routing(request, response),
        (error: unknown) => {
          onError(error);
          response.writeHead(500, { 'content-type': 'text/plain' }).end('The page could not be made; see the log.\n');
        },
      );
    },
    async close() {
      const served = await page?.catch(() => undefined); // Reported to who asked for it.
      await served?.close();
    },
  };
}

async function open(document: Document): Promise<Served> {
  const [{ fastifySwagger }, { fastifySwaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const server = fastify();
  // The renderer shows the document of its own server, which has none.
  await server.register(fastifySwagger, { openapi: {}, transformObject: () => document });
  await server.register(fastifySwaggerUi, {
    routePrefix: DOCS_PATH,
    staticCSP: true,
    uiConfig: { docExpansion: 'list' },
  });
  await server.ready();
  return server;
}
