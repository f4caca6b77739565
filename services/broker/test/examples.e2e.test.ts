/** The small backends of docs/examples do what they say, beside a real broker on a real nats-server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type NatsServer, type ServiceProcess, startNatsServer, startService, waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';

const EXAMPLES = join(import.meta.dirname, '../../../docs/examples');
const running: (ServiceProcess | { kill: () => Promise<unknown> })[] = [];
let server: NatsServer | undefined;

afterEach(async () => {
  for (const process of running.splice(0).toReversed()) await process.kill();
  await server?.stop();
});

/** Starts an example; what it printed so far. */
function startExample(file: string, args: readonly string[]): () => string {
  const child: ChildProcess = spawn(process.execPath, [join(EXAMPLES, file), ...args]);
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  running.push({
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
  });
  return () => output;
}

async function startBroker(): Promise<BrokerProcess & { readonly natsUrl: string }> {
  server = await startNatsServer();
  const broker = await startBrokerProcess(server.url);
  running.push(broker.process);
  return { ...broker, natsUrl: server.url };
}

async function charge(broker: BrokerProcess, id: string, idToken: string, version: string): Promise<ServiceProcess> {
  // Between two sessions it stays connected.
  const times = ['--sessions', '2', '--duration', '2', '--sample-interval', '1', '--interval', '600'];
  const args = ['--id', id, '--id-token', idToken, '--version', version, '--url', broker.ocppUrl, ...times];
  const charger = await startService({ service: 'virtual-charger', args });
  running.push(charger);
  return charger;
}

describe('the example', () => {
  it('backend-nats.mjs decides on drivers, follows events and commands', async () => {
    const broker = await startBroker();
    const headers = { authorization: `Bearer ${broker.apiToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ actions: { Authorize: { fallback: 'reject' } } });
    expect((await fetch(`${broker.apiUrl}/v1/handlers`, { method: 'PUT', headers, body })).status).toBe(200);
    const output = startExample('backend-nats.mjs', [broker.natsUrl]);
    await waitUntil('the example', () => output().includes('following'));
    await charge(broker, 'CP 1', 'TAG1', '1.6');
    await charge(broker, 'CP2', 'TAG1', '2.0.1');
    const stranger = await charge(broker, 'CP3', 'NOBODY', '1.6');
    for (const id of ['CP 1', 'CP2']) {
      await waitUntil(`the command to ${id}`, () => output().includes(`${id} UnlockConnector accepted Unlocked`));
    }
    await waitUntil('the stranger', () => stranger.output().includes('Invalid'));
    expect(output()).not.toMatch(/^CP3 .*transaction\.started/m);
  });

  it('backend-http.mjs follows events and commands', async () => {
    const broker = await startBroker();
    const output = startExample('backend-http.mjs', [broker.apiUrl, broker.apiToken]);
    await waitUntil('the example', () => output().includes('chargers'));
    await charge(broker, 'CP1', 'TAG1', '2.1');
    await waitUntil('the command', () => output().includes('CP1 UnlockConnector accepted Unlocked'));
  });
});
