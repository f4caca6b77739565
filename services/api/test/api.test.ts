import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBus } from '@voltlane/bus';
import { type ConfigOf, loadConfig } from '@voltlane/config';
import type { ServiceContext, ServicePort } from '@voltlane/launch';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { systemClock, systemRandom } from '@voltlane/time';
import { createSubjects, tenant } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../src/index.ts';

/** A port nobody knocks at. */
const PORT: ServicePort = { url: 'http://127.0.0.1:0', serve: () => undefined };

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voltlane-api-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function contextWithSeed(seedFile: string): Promise<ServiceContext<ConfigOf<'api'>>> {
  const bus = createMemoryBus({ clock: systemClock }).connect('api');
  const env = { VOLTLANE_SEED_FILE: seedFile };
  return {
    config: loadConfig(['api'], env, () => '').config,
    bus,
    registry: await openRegistry(bus),
    settings: await openClusterSettings(bus, { partitions: 4 }, systemRandom),
    subjects: createSubjects(),
    clock: systemClock,
    random: systemRandom,
    telemetry: createTelemetry({ service: 'api', instance: 'test', logLevel: 'fatal', logFormat: 'json' }),
  };
}

async function seedFile(text: string): Promise<string> {
  const path = join(folder, 'seed.jsonl');
  await writeFile(path, text);
  return path;
}

describe('the api', () => {
  it('writes the seed file into the registry before it is ready', async () => {
    const context = await contextWithSeed(await seedFile('{"charger":"CP1"}\n{"idToken":"AABB"}\n'));
    const api = await startApi(context, PORT);
    expect(api.readiness()).toEqual({ ready: true, checks: { bus: 'ok', keys: 'ok', fleet: 'ok' } });
    expect(await context.registry.chargerIds(tenant('default'))).toEqual(['cp1']);
    expect(await context.registry.tokenIds(tenant('default'))).toEqual(['aabb']);
  });

  it('starts without a seed file', async () => {
    const api = await startApi(await contextWithSeed(''), PORT);
    expect(api.readiness().ready).toBe(true);
  });

  it('refuses a seed file with a mistake, naming the line, and writes nothing of it', async () => {
    const context = await contextWithSeed(await seedFile('{"charger":"CP1"}\n{"charger":7}\n'));
    await expect(startApi(context, PORT)).rejects.toThrow(/line 2: /);
    expect(await context.registry.chargerIds(tenant('default'))).toEqual([]);
  });

  it('says which option names a file that is not there', async () => {
    await expect(startApi(await contextWithSeed(join(folder, 'nope')), PORT)).rejects.toThrow(/VOLTLANE_SEED_FILE/);
  });

  it('is not ready while the bus is away', async () => {
    const context = await contextWithSeed('');
    const api = await startApi(context, PORT);
    await context.bus.close();
    expect(api.readiness()).toEqual({ ready: false, checks: { bus: 'closed', keys: 'ok', fleet: 'ok' } });
  });
});
