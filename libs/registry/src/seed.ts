/**
 * Chargers and tokens from a text of one JSON object per line:
 *
 *     {"charger":"CP1","tenant":"default","password":"…","securityProfile":1,"registration":"Accepted","strictness":"strict"}
 *     {"idToken":"ABC","tenant":"default","status":"Accepted","expiryDate":"2030-12-31T23:59:59Z","parentIdToken":"GROUP"}
 *
 * Left out: tenant `default`; charger: see `charger-input.ts`; token: status Accepted. A misspelt field is an error, and so is a charger or
 * token that comes twice. Plain passwords are hashed when a line is applied; no message repeats a line or a value of `password`.
 */
import { type Random, systemRandom } from '@voltlane/time';
import { tenant } from '@voltlane/wire';
import { recordToStore } from './charger-input.ts';
import { RegistryError } from './errors.ts';
import { isJsonObject } from './record-fields.ts';
import type { Registry } from './registry.ts';
import { readSeedLine, type SeedLine } from './seed-line.ts';

/** A line that was refused, counted from 1. */
export interface SeedError {
  readonly line: number;
  readonly message: string;
}

/** What a text holds. */
export interface Seed {
  readonly lines: readonly SeedLine[];
  readonly errors: readonly SeedError[];
}

/** What applying a seed did. */
export interface SeedResult {
  readonly written: number;
  /** Were in the registry already, exactly like that. */
  readonly unchanged: number;
}

/** What can be written to. */
export type SeedTarget = Pick<Registry, 'charger' | 'putCharger' | 'token' | 'putToken'>;

const DEFAULT_TENANT = tenant('default');
/** Writes under way at a time. */
const WRITES_MAX = 32;

/** Reads a text; blank lines are skipped, lines with an error are reported and left out. */
export function readSeed(text: string): Seed {
  const lines: SeedLine[] = [];
  const errors: SeedError[] = [];
  const firstLines = new Map<string, number>();
  for (const [index, lineText] of text.split('\n').entries()) {
    const line = index + 1;
    if (lineText.trim() === '') continue;
    try {
      const read = readSeedLine(lineText, DEFAULT_TENANT);
      const first = firstLines.get(read.name);
      if (first !== undefined) {
        throw new RegistryError('invalid-record', `${read.name} is on line ${first} already`);
      }
      firstLines.set(read.name, line);
      lines.push(read);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      errors.push({ line, message: error.message });
    }
  }
  return { lines, errors };
}

/**
 * Writes what differs from the registry, so that the same seed at every start changes nothing; deletes nothing. Lines with errors are
 * the caller's to report. Stops at the first write that fails.
 */
export async function applySeed(registry: SeedTarget, seed: Seed, random: Random = systemRandom): Promise<SeedResult> {
  let written = 0;
  for (let start = 0; start < seed.lines.length; start += WRITES_MAX) {
    const batch = seed.lines.slice(start, start + WRITES_MAX);
    const changes = await Promise.all(batch.map((line) => applySeedLine(registry, line, random)));
    written += changes.filter(Boolean).length;
  }
  return { written, unchanged: seed.lines.length - written };
}

/** Writes one line unless the registry holds exactly that; true when it wrote. */
export async function applySeedLine(registry: SeedTarget, line: SeedLine, random: Random): Promise<boolean> {
  const { tenant: of } = line;
  if (line.kind === 'token') {
    if (sameRecord(await registry.token(of, line.record.idToken), line.record)) return false;
    await registry.putToken(of, line.record);
    return true;
  }
  const stored = await registry.charger(of, line.input.record.chargerId);
  const record = recordToStore(line.input, stored, random);
  if (sameRecord(stored, record)) return false;
  await registry.putCharger(of, record);
  return true;
}

function sameRecord(stored: object | undefined, seeded: object): boolean {
  return stored !== undefined && canonical(stored) === canonical(seeded);
}

/** JSON with sorted names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
