/** What the code of now shows on `/metrics`: starts the broker on its memory bus, asks its three services and stops it. */
import { freeBrokerPorts, startService } from '@voltlane/testkit';

/** With traces on, whose metrics are there only then; nobody sends a call, so nothing is sent to where nobody listens. */
const TRACES = { VOLTLANE_TRACE_URL: 'http://127.0.0.1:1/v1/traces' };

/** Texts by service. */
export async function readLiveMetrics(): Promise<Readonly<Record<'edge' | 'worker' | 'api', string>>> {
  const { edge, worker, api, env, readyUrl } = await freeBrokerPorts();
  const broker = await startService({
    service: 'broker',
    env: { ...env, ...TRACES, VOLTLANE_LOG_LEVEL: 'warn' },
    readyUrl,
  });
  const shown = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  try {
    return { edge: await shown(edge), worker: await shown(worker), api: await shown(api) };
  } finally {
    await broker.stop();
  }
}
