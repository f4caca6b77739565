/** The seed file: chargers, tokens and handlers that are written into the registry at start. */
import { readFile } from 'node:fs/promises';
import {
  applySeed,
  applySeedHandlers,
  type HandlerSettings,
  type Registry,
  readSeed,
  type SeedResult,
} from '@voltlane/registry';
import type { Random } from '@voltlane/time';
import { SeedFileError } from './errors.ts';

/** Where a seed file is written to. */
export interface SeedFileTarget {
  readonly registry: Registry;
  readonly handlers: HandlerSettings;
}

/** Writes the file into the registry, or rejects with SeedFileError and writes nothing: half a seed would look like a registry that forgot chargers. */
export async function loadSeedFile(target: SeedFileTarget, path: string, random: Random): Promise<SeedResult> {
  const seed = readSeed(await seedText(path));
  if (seed.errors.length > 0) {
    throw new SeedFileError(
      path,
      seed.errors.map(({ line, message }) => `line ${line}: ${message}`),
    );
  }
  const records = await applySeed(target.registry, seed, random);
  const handlers = await applySeedHandlers(target.handlers, seed);
  return { written: records.written + handlers.written, unchanged: records.unchanged + handlers.unchanged };
}

async function seedText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SeedFileError(path, [error instanceof Error ? error.message : String(error)], { cause: error });
  }
}
