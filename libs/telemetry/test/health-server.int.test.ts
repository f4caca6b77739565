import { waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, type Readiness, startHealthServer } from '../src/health-server.ts';
import { createMetrics } from '../src/metrics.ts';

let server: HealthServer | undefined;
let readiness: Readiness = { ready: true, checks: { bus: 'ok' } };

async function start(port = 0): Promise<HealthServer> {
  const metrics = createMetrics('edge');
  server = await startHealthServer({ host: '127.0.0.1', port, readiness: () => readiness, metrics });
  return server;
}

afterEach(async () => {
  readiness = { ready: true, checks: { bus: 'ok' } };
  await server?.close();
  server = undefined;
});

describe('the health server', () => {
  it('answers that the process lives', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/healthz`);
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  });

  it('says which check fails while the process is not ready', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    readiness = { ready: false, checks: { bus: 'disconnected' } };
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, checks: { bus: 'disconnected' } });
  });

  it('serves metrics', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/metrics?x=1`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('process_cpu_seconds_total');
  });

  it('refuses other paths with 404 and other methods with 405', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/`)).status).toBe(404);
    const post = await fetch(`${url}/healthz`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('hands every other path to the service that serves them, and none of its own', async () => {
    const health = await start();
    const { url } = health;
    const served: string[] = [];
    health.serve(
      (request, response) => {
        served.push(request.url ?? '');
        response.end('served');
      },
      { connectionsMax: 100, requestTimeoutMs: 1_000 },
    );
    expect(await (await fetch(`${url}/v1/x?y=1`)).text()).toBe('served');
    for (const path of ['/healthz', '/readyz', '/metrics?x=1']) expect((await fetch(url + path)).status).toBe(200);
    expect(served).toEqual(['/v1/x?y=1']);
  });

  it('drops connections above the bound of the service', async () => {
    const health = await start();
    const { url } = health;
    const waiting: (() => void)[] = [];
    health.serve((_request, response) => waiting.push(() => response.end()), {
      connectionsMax: 3,
      requestTimeoutMs: 5_000,
    });
    const asked = Array.from({ length: 5 }, (_, index) =>
      fetch(`${url}/${index}`).then(
        () => 'answered',
        () => 'dropped',
      ),
    );
    await waitUntil('three requests', () => waiting.length === 3);
    const dropped = await Promise.race(asked);
    for (const finish of waiting) finish();
    expect([dropped, (await Promise.all(asked)).filter((fate) => fate === 'answered').length]).toEqual(['dropped', 3]);
  });

  it('rejects with EADDRINUSE when the port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const metrics = createMetrics('edge');
    await expect(
      startHealthServer({ host: '127.0.0.1', port, readiness: () => readiness, metrics }),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    });
  });
});
