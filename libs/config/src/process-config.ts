/** The only door to `process.env` and the arguments of a service. Prints and exits where a service must not start. */
import { readFileSync } from 'node:fs';
import type { ConfigOf, GroupName } from './catalogue.ts';
import { decideStart } from './command-line.ts';

/**
 * The configuration of this process. Does not return when a flag asked for text only or when the configuration is not
 * valid: it prints (problems to standard error) and exits with 0 or 1.
 */
export function configOfProcess<G extends GroupName>(program: string, groups: readonly G[]): ConfigOf<G> {
  const decision = decideStart({
    program,
    groups,
    env: process.env,
    argv: process.argv.slice(2),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  if (decision.kind === 'run') return decision.config;
  (decision.code === 0 ? console.log : console.error)(decision.text);
  process.exit(decision.code);
}
