/**
 * `/healthz`, `/readyz`, `/metrics` of one service. Plain node:http: three fixed routes without parameters or bodies need
 * no framework, and this server must answer when everything else is broken. A service that speaks HTTP itself takes all other
 * paths of the same port; whatever its handler does, the three paths never reach it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Can this process do its job now? Each check is `ok` or the reason why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** What the server shows and where. */
export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly readiness: () => Readiness;
  readonly metrics: Pick<Metrics, 'expose' | 'contentType'>;
}

/** Answers a request to a path that is not of the health server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Bounds of a port that serves more than health. */
export interface PortLimits {
  /** Connections at once, probes and scrapers included. One more is dropped. */
  readonly connectionsMax: number;
  /** From the first byte of a request to the last one of its body; then the connection is closed with 408. */
  readonly requestTimeoutMs: number;
}

/** A listening health server. */
export interface HealthServer {
  /** `http://host:port`, with the real port. */
  readonly url: string;
  /** Hands all other paths to `handler` from now on. */
  serve(handler: RequestHandler, limits: PortLimits): void;
  /** Stops listening and cuts what is open: whoever serves has finished its requests before. */
  close(): Promise<void>;
}

/** Connections at once while only health is served; a scraper and a few probes need no more. One more is dropped. */
const CONNECTIONS_MAX = 64;
const REQUEST_TIMEOUT_MS = 5_000;

/** Starts listening; rejects with the system's error (`EADDRINUSE`, …) when it cannot. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  let serve: RequestHandler | undefined;
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      if (serve === undefined || isHealthPath(request)) void answer(options, request, response);
      else serve(request, response);
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = 1_000;
  const address = await listen(server, options);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${host}:${address.port}`,
    serve(handler, limits) {
      serve = handler;
      server.maxConnections = limits.connectionsMax;
      server.requestTimeout = limits.requestTimeoutMs;
    },
    close: () => close(server),
  };
}

function isHealthPath(request: IncomingMessage): boolean {
  const path = pathOf(request);
  return path === '/healthz' || path === '/readyz' || path === '/metrics';
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

async function answer(options: HealthServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const path = pathOf(request);
  if (!isHealthPath(request)) {
    send(response, 404, 'text/plain', 'There is /healthz, /readyz and /metrics.\n');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(response, 405, 'text/plain', 'Only GET and HEAD.\n');
    return;
  }
  try {
    if (path === '/healthz') {
      send(response, 200, 'text/plain', 'ok\n');
    } else if (path === '/readyz') {
      const readiness = options.readiness();
      send(response, readiness.ready ? 200 : 503, 'application/json', `${JSON.stringify(readiness)}\n`);
    } else {
      const text = await options.metrics.expose();
      send(response, 200, options.metrics.contentType, text);
    }
  } catch (error) {
    send(response, 500, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

async function listen(server: Server, place: { readonly host: string; readonly port: number }): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: place.host, port: place.port }, resolve);
  await promise;
  server.off('error', reject);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no TCP address');
  return address;
}

async function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}
