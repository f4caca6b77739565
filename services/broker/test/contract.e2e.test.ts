/** Runs the command blocks of docs/contract.md as they stand, beside a broker on NATS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitUntil } from '@voltlane/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningBlock, runBlock, shellBlocks } from './readme-blocks.ts';

const blocks = shellBlocks('docs/contract.md');
const running: RunningBlock[] = [];
let folder: string;
let ports: { ocpp: number; nats: number; api: number };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-contract-'));
  ports = { ocpp: await freePort(), nats: await freePort(), api: await freePort() };
  const broker = await start(
    `nats-server -js -sd ${join(folder, 'nats')} -a 127.0.0.1 -p ${ports.nats} &
     VOLTLANE_NATS_URL=nats://127.0.0.1:${ports.nats} VOLTLANE_CHARGERS=open VOLTLANE_API_TOKEN=a-long-secret-of-yours npm start`,
  );
  await waitUntil('the broker', () => {
    if (broker.output().includes('Voltlane is ready.')) return true;
    throw new Error(broker.output().slice(-500));
  });
});

afterAll(async () => {
  for (const block of running.toReversed()) await block.end();
  rmSync(folder, { recursive: true, force: true });
});

async function start(text: string): Promise<RunningBlock> {
  const block = await runBlock(text, {
    VOLTLANE_OCPP_PORT: String(ports.ocpp),
    VOLTLANE_EDGE_HEALTH_PORT: '0',
    VOLTLANE_WORKER_HEALTH_PORT: '0',
    VOLTLANE_API_PORT: String(ports.api),
  });
  running.push(block);
  return block;
}

it('has no command block that is not run here', () => {
  expect(blocks.map((text) => /durable_name: '[a-z]+'|\/trace/.exec(text)?.[0])).toEqual([
    '/trace',
    "durable_name: 'billing'",
  ]);
});

it('follows events with the durable consumer', async () => {
  const follower = await start((blocks[1] ?? '').replace('4222', String(ports.nats)));
  const charger = await start(
    `npm run charger -- --id CP1 --version 1.6 --url ws://127.0.0.1:${ports.ocpp}/ocpp --duration 2 --sample-interval 1`,
  );
  expect(await charger.exited, charger.output()).toBe(0);
  await waitUntil('the end of the transaction', () => {
    if (/^CP1 \S+ transaction\.ended \{/m.test(follower.output())) return true;
    throw new Error(follower.output().slice(-500));
  });
  expect(follower.output()).toMatch(/^CP1 e1 charger\.connected \{/m);
  expect(follower.output()).toMatch(/^CP1 \S+ meter\.values \{/m);
});

it('shows the frames of a charger', async () => {
  const charger = await start(
    `npm run charger -- --id CP1 --version 1.6 --sessions 0 --url ws://127.0.0.1:${ports.ocpp}/ocpp`,
  );
  await waitUntil('the charger', () => charger.output().includes('Accepted'));
  const trace = await start((blocks[0] ?? '').replace('8080', String(ports.api)));
  await waitUntil('the trace', () => trace.output().includes('"kind":"opened"'));
  const headers = { authorization: 'Bearer a-long-secret-of-yours', 'content-type': 'application/json' };
  const command = await fetch(`http://127.0.0.1:${ports.api}/v1/chargers/CP1/commands`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ action: 'ClearCache' }),
  });
  expect(await command.json()).toMatchObject({ outcome: 'accepted' });
  expect(await trace.exited, trace.output()).toBe(0);
  expect(trace.output()).toMatch(/"direction":"out".*ClearCache/);
  expect(trace.output().trimEnd()).toMatch(/\{"kind":"ended","at":"[^"]+","why":"time","frames":\d+,"leftOut":0\}$/);
});
