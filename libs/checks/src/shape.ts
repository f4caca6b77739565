/** House style a linter does not know: lengths, names, exports, comments, tests that were switched off. */
import type { SourceModule, Violation } from './source-tree.ts';

/** Longest module, lines. */
export const LINES_MAX = 400;

const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(d|test|int\.test|sim\.test|e2e\.test|deploy\.test|bench))?\.ts$/;
const VAGUE: ReadonlySet<string> = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc']);
const MARKS = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'];
const MARK = new RegExp(`\\b(${MARKS.join('|')})\\b`);
const SILENCER = /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable|biome-ignore/;
const SWITCHED_OFF = /^(it|test|describe|suite|bench)\.(.*\.)?(skip|only|todo|skipIf|runIf|fails)$/;

/** Finds everything that breaks the house style. */
export function checkShape(modules: readonly SourceModule[]): readonly Violation[] {
  return modules.flatMap((module) => {
    const at = (line: number, message: string): Violation => ({ path: module.path, line, message });
    const { facts } = module;
    return [
      ...nameProblems(module.path).map((message) => at(1, message)),
      ...(facts.lines > LINES_MAX ? [at(LINES_MAX, `${facts.lines} lines, at most ${LINES_MAX}`)] : []),
      ...facts.defaultExports.map((line) => at(line, 'default export; export by name')),
      ...facts.starExports.map((line) => at(line, 'export *; name what is exported')),
      ...facts.comments.flatMap(({ name, line }) => commentProblems(name).map((message) => at(line, message))),
      ...facts.uses
        .filter(({ name }) => SWITCHED_OFF.test(name))
        .map(({ name, line }) => at(line, `${name}: a test runs or does not exist`)),
    ];
  });
}

function nameProblems(path: string): string[] {
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  const problems = FILE_NAME.test(file) ? [] : [`file name ${file} is not kebab-case`];
  for (const part of parts) {
    const stem = part.replace(/\..*$/, '');
    const vague = stem === 'base' ? stem : stem.split('-').find((word) => VAGUE.has(word));
    if (vague !== undefined) problems.push(`${part}: "${vague}" says nothing; name the thing`);
  }
  return problems;
}

function commentProblems(comment: string): string[] {
  const problems: string[] = [];
  const mark = MARK.exec(comment)?.[0];
  if (mark !== undefined) problems.push(`${mark}: open an issue or do it`);
  if (SILENCER.test(comment) && !/(--|:) \S.{9,}/.test(comment))
    problems.push('a checker is silenced without a reason (-- why)');
  return problems;
}
