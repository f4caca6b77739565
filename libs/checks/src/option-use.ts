/** An option that no code reads is a promise nobody keeps. */
import type { SourceModule, Violation } from './source-tree.ts';

/** Finds options whose field appears in no source outside the catalogue. */
export function checkOptionUse(fields: readonly string[], modules: readonly SourceModule[]): readonly Violation[] {
  const readers = modules.filter((module) => module.area === 'src' && module.packageName !== 'config');
  return fields
    .filter((field) => !readers.some((module) => module.facts.identifiers.has(field)))
    .map((field) => ({ path: 'libs/config', line: 1, message: `option ${field} is read by nobody` }));
}
