/**
 * The api: for now it writes the seed file into the registry and is healthy beside it. It starts nothing when the file has a
 * mistake: half a seed would look like a registry that forgot chargers.
 */
import { readFile } from 'node:fs/promises';
import type { ConfigOf } from '@voltlane/config';
import type { Running, ServiceContext } from '@voltlane/launch';
import { applySeed, applySeedHandlers, openHandlerSettings, readSeed } from '@voltlane/registry';
import { SeedFileError } from './errors.ts';

/** A running api. */
export type Api = Running;

/** Starts the api; rejects with SeedFileError when the seed file is not usable. */
export async function startApi(context: ServiceContext<ConfigOf<'api'>>): Promise<Api> {
  const { bus, config } = context;
  if (config.seedFile !== undefined) await loadSeed(context, config.seedFile);
  return {
    readiness: () => ({ ready: bus.status() === 'connected', checks: { bus: busCheck(bus.status()) } }),
    stop: () => Promise.resolve(),
  };
}

function busCheck(status: string): string {
  return status === 'connected' ? 'ok' : status;
}

async function loadSeed(context: ServiceContext<ConfigOf<'api'>>, path: string): Promise<void> {
  const seed = readSeed(await seedText(path));
  if (seed.errors.length > 0) {
    throw new SeedFileError(
      path,
      seed.errors.map(({ line, message }) => `line ${line}: ${message}`),
    );
  }
  const result = await applySeed(context.registry, seed, context.random);
  context.telemetry.log.info({ path, ...result }, 'seed applied');
  if (seed.handlers.length === 0) return;
  const settings = await openHandlerSettings(context.bus);
  const handlers = await applySeedHandlers(settings, seed);
  settings.close();
  context.telemetry.log.info({ path, ...handlers }, 'handlers of the seed applied');
}

async function seedText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SeedFileError(path, [error instanceof Error ? error.message : String(error)], { cause: error });
  }
}
