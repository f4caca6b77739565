/** What the code of now shows on `/metrics`: starts the broker on its memory bus, asks its three services and stops it. */
import { freePort, startService } from '@voltlane/testkit';

/** Texts by service. */
export async function readLiveMetrics(): Promise<Readonly<Record<'edge' | 'worker' | 'api', string>>> {
  const [ocpp, edge, worker, api] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const broker = await startService({
    service: 'broker',
    env: {
      VOLTLANE_OCPP_PORT: String(ocpp),
      VOLTLANE_EDGE_HEALTH_PORT: String(edge),
      VOLTLANE_WORKER_HEALTH_PORT: String(worker),
      VOLTLANE_API_PORT: String(api),
      VOLTLANE_LOG_LEVEL: 'warn',
    },
    readyUrl: `http://127.0.0.1:${edge}/readyz`,
  });
  const shown = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  try {
    return { edge: await shown(edge), worker: await shown(worker), api: await shown(api) };
  } finally {
    await broker.stop();
  }
}
