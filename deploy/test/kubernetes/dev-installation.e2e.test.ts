/**
 * What the dev overlay gives to its pods, given to real processes: the services find a nats-server that wants the password of the
 * Secret, and become ready. Only addresses differ, and where the Secrets are mounted.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, type NatsServer, type ServiceProcess, startNatsServer, startService } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceContainers } from '../../src/kubernetes/rules/options.ts';
import { nameOf, type Tree, text, tree } from '../../src/kubernetes/tree.ts';
import { envOf } from '../../src/kubernetes/workload.ts';
import { PLACES } from './places.ts';

const dev: readonly Tree[] = PLACES['dev']?.() ?? [];

let folder: string;
let nats: NatsServer;

function field(manifest: string, of: string, name: string): string {
  const found = dev.find((one) => nameOf(one) === manifest);
  return text(tree(found?.[of], manifest)[name], `${manifest} ${name}`);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-dev-'));
  const secrets = { 'nats/password': 'Secret/voltlane-nats', 'api/token': 'Secret/voltlane-api' };
  for (const [path, manifest] of Object.entries(secrets)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), field(manifest, 'stringData', path.split('/')[1] ?? ''));
  }
  // Addresses, names and the store are the test's; who may come in is what the manifests say.
  const authorization =
    /^authorization \{.*?^\}/ms.exec(field('ConfigMap/nats-config', 'data', 'nats.conf'))?.[0] ?? '';
  if (!authorization.includes('$NATS_PASSWORD')) throw new Error('nats.conf lets in whoever comes');
  const password = field('Secret/voltlane-nats', 'stringData', 'password');
  nats = await startNatsServer({ config: authorization.replace('$NATS_PASSWORD', JSON.stringify(password)) });
});

afterAll(async () => {
  await nats?.stop();
  rmSync(folder, { recursive: true });
});

const PORTS = { edge: 'EDGE_HEALTH_PORT', worker: 'WORKER_HEALTH_PORT', api: 'API_PORT' } as const;

async function startFrom(
  service: keyof typeof PORTS,
  changes: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const found = serviceContainers(dev).find((one) => one.service === service);
  if (found === undefined) throw new Error(`dev has no ${service}`);
  const port = String(await freePort());
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(envOf(found.container, dev)))
    env[name] = (value ?? '').replace('/run/secrets/voltlane', folder).replace('0.0.0.0', '127.0.0.1');
  Object.assign(env, { VOLTLANE_NATS_URL: nats.url, [`VOLTLANE_${PORTS[service]}`]: port, ...changes });
  if (service === 'edge') env['VOLTLANE_OCPP_PORT'] = String(await freePort());
  return startService({ service, env, readyUrl: `http://127.0.0.1:${port}/readyz` });
}

describe('an installation of the dev overlay', () => {
  it.each(['edge', 'worker', 'api'] as const)('gives its %s what it needs to become ready', async (service) => {
    const running = await startFrom(service, {});
    expect(await running.stop()).toEqual({ code: 0, signal: null });
  });

  it('does not let in who does not have the password', async () => {
    writeFileSync(join(folder, 'wrong'), 'another-password');
    const wrong = { VOLTLANE_NATS_PASSWORD_FILE: join(folder, 'wrong') };
    await expect(startFrom('worker', wrong)).rejects.toThrow(/not.*authori[sz]ed|Authorization/i);
  });
});
