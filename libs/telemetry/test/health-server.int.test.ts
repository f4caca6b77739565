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
