/** How the api ends: what it took is answered, what is new is sent elsewhere, and health is told to the last. */
import { PassThrough } from 'node:stream';
import { type HealthServer, startHealthServer } from '@voltlane/telemetry';
import { systemClock, systemRandom } from '@voltlane/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../src/auth.ts';
import type { Routes } from '../src/route.ts';
import { type ApiServer, createApiServer } from '../src/server.ts';
import { ADMIN_TOKEN, quietTelemetry } from './rig.ts';

const HEADERS = { authorization: `Bearer ${ADMIN_TOKEN}` };

let port: HealthServer;
let server: ApiServer;
/** Lets the slow request go. */
let finish: PromiseWithResolvers<void>;
let began: PromiseWithResolvers<void>;
let stream: PassThrough;

const SLOW: Routes = (routes) => {
  const schema = { tags: ['about'], summary: 'For the test' };
  routes.get('/v1/slow', { config: { access: 'read' }, schema: { ...schema, operationId: 'slow' } }, async () => {
    began.resolve();
    await finish.promise;
    return { done: true };
  });
  routes.get(
    '/v1/stream',
    { config: { access: 'read', endless: true }, schema: { ...schema, operationId: 'stream' } },
    (_request, reply) => reply.type('text/event-stream').send(stream),
  );
  routes.get('/v1/broken', { config: { access: 'read' }, schema: { ...schema, operationId: 'broken' } }, () => {
    throw new TypeError('a fault with a secret in it');
  });
};

beforeEach(async () => {
  finish = Promise.withResolvers();
  began = Promise.withResolvers();
  stream = new PassThrough();
  const { log, metrics } = quietTelemetry();
  port = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    readiness: () => ({ ready: true, checks: {} }),
    metrics,
  });
  server = await createApiServer({
    routes: [SLOW],
    authenticator: createAuthenticator({
      adminToken: ADMIN_TOKEN,
      storedKeys: { check: () => undefined },
      clock: systemClock,
    }),
    log,
    metrics,
    clock: systemClock,
    random: systemRandom,
    options: { requestsPerSecond: 100, requestsBurstMax: 100, bodyBytesMax: 1_000, trustProxy: false },
  });
  port.serve((request, response) => server.handle(request, response), { connectionsMax: 10, requestTimeoutMs: 5_000 });
});

afterEach(async () => {
  stream.end();
  await server.close();
  await port.close();
});

describe('an api that stops', () => {
  it('answers what it took and refuses what is new, while health goes on', async () => {
    const slow = fetch(`${port.url}/v1/slow`, { headers: HEADERS });
    await began.promise;
    let drained = false;
    const drain = server.drain().then(() => {
      drained = true;
    });
    const refused = await fetch(`${port.url}/v1/slow`, { headers: HEADERS });
    expect([refused.status, refused.headers.get('connection'), refused.headers.get('retry-after')]).toEqual([
      503,
      'close',
      '1',
    ]);
    expect(await refused.json()).toMatchObject({ code: 'stopping' });
    expect((await fetch(`${port.url}/healthz`)).status).toBe(200);
    expect(drained).toBe(false);
    finish.resolve();
    expect(await (await slow).json()).toEqual({ done: true });
    await drain;
  });

  it('waits for an endless response until it is ended', async () => {
    stream.write('data: 1\n\n');
    const response = await fetch(`${port.url}/v1/stream`, { headers: HEADERS });
    const drain = server.drain();
    stream.end('data: 2\n\n');
    expect(await response.text()).toBe('data: 1\n\ndata: 2\n\n');
    await drain;
  });

  it('has nothing to wait for when nothing is under way', async () => {
    await server.drain();
    expect((await fetch(`${port.url}/v1/slow`)).status).toBe(503);
  });
});

describe('a fault', () => {
  it('is told without its text, and the api goes on', async () => {
    const response = await fetch(`${port.url}/v1/broken`, { headers: HEADERS });
    const body = await response.text();
    expect([response.status, body]).toEqual([500, expect.stringContaining('"code":"internal-error"')]);
    expect(body).not.toContain('secret');
    expect((await fetch(`${port.url}/openapi.json`)).status).toBe(200);
  });
});

describe('a route that is not fully declared', () => {
  it.each([
    ['config.access', { schema: { operationId: 'x', tags: ['about'], summary: 'x' } }],
    ['operationId', { config: { access: 'read' as const }, schema: { tags: ['about'], summary: 'x' } }],
  ])('stops the start: without %s', async (missing, options) => {
    const { log, metrics } = quietTelemetry();
    const declared = createApiServer({
      routes: [(routes) => void routes.get('/v1/x', options, () => ({}))],
      authenticator: { check: () => ({ kind: 'refused', reason: 'missing' }) },
      log,
      metrics,
      clock: systemClock,
      random: systemRandom,
      options: { requestsPerSecond: 1, requestsBurstMax: 1, bodyBytesMax: 1_000, trustProxy: false },
    });
    await expect(declared).rejects.toThrow(missing);
  });
});
