/** The seed file: chargers and tokens that are written into the registry at start. */
import { readFile } from 'node:fs/promises';
import { applySeed, type Registry, readSeed, type SeedResult } from '@voltlane/registry';
import type { Random } from '@voltlane/time';
import { SeedFileError } from './errors.ts';

/** Writes the file into the registry, or rejects with SeedFileError and writes nothing: half a seed would look like a registry that forgot chargers. */
export async function loadSeedFile(registry: Registry, path: string, random: Random): Promise<SeedResult> {
  const seed = readSeed(await seedText(path));
  if (seed.errors.length > 0) {
    throw new SeedFileError(
      path,
      seed.errors.map(({ line, message }) => `line ${line}: ${message}`),
    );
  }
  return applySeed(registry, seed, random);
}

async function seedText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SeedFileError(path, [error instanceof Error ? error.message : String(error)], { cause: error });
  }
}
