/** A workspace in a temporary folder with faults in it, for showing that each checker finds what it is there to find. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTree, type SourceModule, type Violation } from '../src/source-tree.ts';

/** Writes `files` (path → text) into a new folder, hands it to `look`, removes it. */
export async function withFolder<T>(
  files: Readonly<Record<string, string>>,
  look: (folder: string) => T | Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'voltlane-planted-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      const full = join(folder, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
    return await look(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `check` says of a workspace that holds one module. */
export function faultsOf(
  check: (modules: readonly SourceModule[]) => readonly Violation[],
  path: string,
  text: string,
): Promise<readonly string[]> {
  return withFolder({ [path]: text }, (folder) => {
    const modules = readTree(folder);
    if (modules.length !== 1) throw new Error(`read ${modules.length} modules instead of the planted one`);
    return check(modules).map((violation) => violation.message);
  });
}

/** Violations as lines a person can click. */
export function linesOf(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ path, line, message }) => `${path}:${line} ${message}`);
}
