/**
 * Runs the README's command blocks as they stand, in their order. Only what would collide with a broker or a NATS server that
 * already runs on this machine is replaced: ports and the store. A block nobody has written a line for here fails the test.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, waitUntil } from '@voltlane/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningBlock } from './readme-blocks.ts';
import { runBlock, shellBlocks } from './readme-blocks.ts';

const blocks = shellBlocks('README.md');
const README = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
const running: RunningBlock[] = [];
let folder: string;
let ports: { ocpp: number; nats: number; api: number };
let env: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-readme-'));
  ports = { ocpp: await freePort(), nats: await freePort(), api: await freePort() };
  env = {
    VOLTLANE_OCPP_PORT: String(ports.ocpp),
    VOLTLANE_EDGE_HEALTH_PORT: '0',
    VOLTLANE_WORKER_HEALTH_PORT: '0',
    VOLTLANE_API_PORT: String(ports.api),
  };
});

afterEach(async () => {
  for (const block of running.splice(0).toReversed()) await block.end();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The block that starts with these words, and holds the others, as it is run here. */
function block(start: string, holds = ''): string {
  const text = blocks.find((candidate) => candidate.startsWith(start) && candidate.includes(holds));
  if (text === undefined) throw new Error(`the README has no block that starts with: ${start}`);
  return text
    .replace('npm ci && ', '')
    .replaceAll('4222', String(ports.nats))
    .replaceAll('8080', String(ports.api))
    .replace('data/nats', join(folder, 'nats'))
    .replaceAll(/(chargers|handlers)\.ndjson/g, join(folder, '$1.ndjson'));
}

async function start(text: string): Promise<RunningBlock> {
  const started = await runBlock(text, env);
  running.push(started);
  return started;
}

async function startBroker(text: string): Promise<RunningBlock> {
  const broker = await start(text);
  await waitUntil('the broker', () => {
    if (broker.output().includes('Voltlane is ready.')) return true;
    throw new Error(broker.output().slice(-500));
  });
  return broker;
}

/** A charger with the README's line, only that the broker listens elsewhere. */
async function charge(text: string): Promise<void> {
  const charger = await start(`${text} --url ws://127.0.0.1:${ports.ocpp}/ocpp --duration 2 --sample-interval 1`);
  expect(await charger.exited, charger.output()).toBe(0);
  expect(charger.output()).toMatch(/Accepted/);
}

describe('the README', () => {
  it('has no command block that is not run here', () => {
    expect(blocks.map((text) => text.split('\n')[0]?.replace(/^(api\(\) \{|curl -sS).*/, '$1'))).toEqual([
      'npm ci && npm start',
      'npm run charger -- --id CP1 --version 1.6',
      // The run this test is part of.
      'npm ci && npm test',
      'nats-server -js -sd data/nats -a 127.0.0.1 -p 4222 &',
      'node --input-type=module -e "',
      "cat > chargers.ndjson <<'EOF'",
      'npm run charger -- --id CP1 --version 2.0.1 --password correct-horse-battery --id-token 04A1B2C3D4',
      'VOLTLANE_API_TOKEN=a-long-secret-of-yours npm start',
      'api() {',
      'curl -sS',
      'curl -sS',
      'curl -sS',
      'curl -sS',
      'node --input-type=module -e "',
      `echo '{"handlers":{"Authorize":{"deadlineMs":2000,"fallback":"reject"}}}' > handlers.ndjson`,
      'node --input-type=module -e "',
      'npm run charger -- --id CP1 --version 1.6 --id-token 04A1B2C3D4',
      'npm run loadtest -- --chargers 1000 --minutes 0.5 --rate 500',
    ]);
  });

  it('starts a broker in memory and connects a charger', async () => {
    await startBroker(block('npm ci && npm start'));
    await charge(block('npm run charger -- --id CP1 --version 1.6'));
  });

  it('starts a broker on NATS and follows its events', async () => {
    await startBroker(block('nats-server'));
    const follower = await start(block('node --input-type=module', 'event.default'));
    await charge(block('npm run charger -- --id CP1 --version 1.6'));
    await waitUntil('the end of the transaction', () => follower.output().includes('"transaction.ended"'));
  });

  it('lets in a registered charger with its password, and nobody else', async () => {
    await startBroker(block('cat > chargers.ndjson'));
    await charge(block('npm run charger -- --id CP1 --version 2.0.1'));
    const stranger = await start(
      `npm run charger -- --id CP9 --url ws://127.0.0.1:${ports.ocpp}/ocpp --connect-timeout 2`,
    );
    expect(await stranger.exited).not.toBe(0);
    expect(stranger.output()).toMatch(/404/);
  });

  it('registers over HTTP with the chosen key, and imports', async () => {
    await startBroker(block('VOLTLANE_API_TOKEN='));
    const requests = await start(block('api() {'));
    expect(await requests.exited, requests.output()).toBe(0);
    expect(requests.output()).toContain('"hasPassword":true');
    expect(requests.output()).toMatch(/"token":"vl_/);
    const imported = await start(block('curl -sS'));
    expect(await imported.exited, imported.output()).toBe(0);
    expect(imported.output()).toContain('"written":2');
  });

  it('follows events over HTTP and looks at the fleet', async () => {
    await startBroker(block('VOLTLANE_API_TOKEN='));
    const follower = await start(block('curl -sS -N'));
    await charge(block('npm run charger -- --id CP1 --version 1.6'));
    // `head` is through after the first event; the next one ends curl.
    expect(await follower.exited, follower.output()).toBe(0);
    expect(follower.output()).toMatch(/^event: charger\.connected\ndata: \{"tenant":"default","charger":"CP1"/m);
    const fleet = await start(block("curl -sS -H 'Authorization: Bearer a-long-secret-of-yours' 'http"));
    expect(await fleet.exited, fleet.output()).toBe(0);
    expect(fleet.output()).toMatch(/"chargerId":"CP1".*"total":1/);
  });

  it('commands a charger over HTTP and over NATS', async () => {
    const [server = ''] = block('nats-server').split(' &\n');
    await start(server);
    const onNats = block('nats-server').split('\n')[1] ?? '';
    await startBroker(`VOLTLANE_API_TOKEN=a-long-secret-of-yours ${onNats}`);
    const line = /`(npm run charger -- --id CP1 --version 1.6 --sessions 0)`/.exec(README)?.[1] ?? '';
    const charger = await start(`${line} --url ws://127.0.0.1:${ports.ocpp}/ocpp`);
    await waitUntil('the charger to be accepted', () => charger.output().includes('Accepted'));
    const overHttp = await start(block('curl -sS', 'GetConfiguration'));
    expect(await overHttp.exited, overHttp.output()).toBe(0);
    expect(overHttp.output()).toMatch(/"outcome":"accepted".*HeartbeatInterval/);
    const overNats = await start(block('node --input-type=module', 'ClearCache'));
    expect(await overNats.exited, overNats.output()).toBe(0);
    expect(overNats.output()).toContain('"outcome":"accepted"');
  });

  it('plays a fleet, here a small one', async () => {
    const line = block('npm run loadtest').replace('1000', '50').replace('0.5', '0.05').replace('500', '25');
    const run = await start(`${line} --settle-seconds 1 --out ${join(folder, 'loadtest')}`);
    expect(await run.exited, run.output()).toBe(0);
  });

  it('prints a line that works where a key was made up', async () => {
    const broker = await startBroker(block('npm ci && npm start'));
    const line = /^ +(curl .*)$/m.exec(broker.output())?.[1] ?? '';
    const asked = await start(line);
    expect(await asked.exited, asked.output()).toBe(0);
    expect(asked.output()).toContain('{"tokens":[]}');
  });

  it('leaves the decision on tokens to a handler', async () => {
    const [server = ''] = block('nats-server').split(' &\n');
    await start(server);
    await startBroker(block('echo'));
    const handler = await start(block('node --input-type=module', 'handle.default.Authorize'));
    const line = block('npm run charger -- --id CP1 --version 1.6', '04A1B2C3D4');
    await charge(line);
    expect(handler.output()).toContain('CP1 04A1B2C3D4 Accepted');
    const stranger = await start(
      `${line.replace('04A1B2C3D4', 'STRANGER')} --url ws://127.0.0.1:${ports.ocpp}/ocpp --duration 2`,
    );
    expect(await stranger.exited, stranger.output()).not.toBe(0);
    expect(handler.output()).toContain('CP1 STRANGER Blocked');
  });
});
