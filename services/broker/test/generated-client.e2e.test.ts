/** A client made from the OpenAPI document by a generator nobody here wrote commands a charger and reads it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServiceProcess, startService, waitUntil } from '@voltlane/testkit';
import { generate } from 'orval';
import { afterEach, expect, it } from 'vitest';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';

const run = promisify(execFile);
const running: ServiceProcess[] = [];
let folder: string | undefined;

afterEach(async () => {
  for (const process of running.splice(0).toReversed()) await process.kill();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Types away, as Node does; run apart, because it is no module of ours. */
const useOf = (token: string): string => `
import { getCharger, sendCommand } from './client.ts';
const options = { headers: { authorization: 'Bearer ${token}' } };
const command = await sendCommand('CP1', { action: 'ClearCache' }, undefined, options);
const charger = await getCharger('CP1', undefined, options);
const refused = await sendCommand('CP1', { action: 'ClearCash' }, undefined, options);
console.log(JSON.stringify({ command, charger, refused }));
`;

async function generated(broker: BrokerProcess): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-client-'));
  const document = join(folder, 'openapi.json');
  writeFileSync(document, await (await fetch(`${broker.apiUrl}/openapi.json`)).text());
  const output = { target: join(folder, 'client.ts'), client: 'fetch', baseUrl: broker.apiUrl } as const;
  await generate({ input: { target: document }, output }, folder);
  writeFileSync(join(folder, 'use.ts'), useOf(broker.apiToken));
  return folder;
}

it('a generated client commands a charger and reads it', async () => {
  const broker = await startBrokerProcess();
  running.push(broker.process);
  const args = ['--id', 'CP1', '--sessions', '0', '--url', broker.ocppUrl];
  const charger = await startService({ service: 'virtual-charger', args });
  running.push(charger);
  await waitUntil('the charger to be accepted', () => charger.output().includes('Accepted'));
  const client = await generated(broker);
  const { stdout } = await run(process.execPath, [join(client, 'use.ts')]);
  expect(JSON.parse(stdout)).toMatchObject({
    command: { status: 200, data: { outcome: 'accepted', charger: 'CP1', action: 'ClearCache' } },
    charger: { status: 200, data: { chargerId: 'CP1', connected: true, registration: 'Accepted', version: '1.6' } },
    refused: { status: 400, data: { code: 'unknown-action' } },
  });
});
