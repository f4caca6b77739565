/** The flags every service takes: what to print and whether to start at all. Pure: the caller prints and exits. */
import { type ConfigOf, entriesFor, type GroupName } from './catalogue.ts';
import { helpText } from './document.ts';
import { ConfigError } from './errors.ts';
import { type Environment, type Loaded, loadConfig, type ReadFile } from './load.ts';
import { nearest } from './names.ts';

/** What the start of a service comes to: run with this configuration, or print this and exit. */
export type StartDecision<G extends GroupName> =
  | { readonly kind: 'run'; readonly config: ConfigOf<G> }
  | { readonly kind: 'exit'; readonly code: 0 | 1; readonly text: string };

/** What a service is started with. */
export interface StartRequest<G extends GroupName> {
  /** Name of the service, for `--help`. */
  readonly program: string;
  readonly groups: readonly G[];
  readonly env: Environment;
  /** Arguments after the script's own name. */
  readonly argv: readonly string[];
  readonly readFile: ReadFile;
}

const FLAGS: readonly string[] = ['--check-config', '--print-config', '--help'];

/** Reads flags and environment and decides whether to run. */
export function decideStart<G extends GroupName>(request: StartRequest<G>): StartDecision<G> {
  const unknown = request.argv.filter((argument) => !FLAGS.includes(argument));
  if (unknown.length > 0) {
    const lines = unknown.map((argument) => `${argument} is not a flag; did you mean ${nearest(argument, FLAGS)}?`);
    return { kind: 'exit', code: 1, text: lines.join('\n') };
  }
  if (request.argv.includes('--help'))
    return { kind: 'exit', code: 0, text: helpText(request.program, request.groups) };
  try {
    const loaded = loadConfig(request.groups, request.env, request.readFile);
    if (request.argv.includes('--print-config'))
      return { kind: 'exit', code: 0, text: configText(request.groups, loaded) };
    if (request.argv.includes('--check-config')) return { kind: 'exit', code: 0, text: 'Configuration is valid.' };
    return { kind: 'run', config: loaded.config };
  } catch (error) {
    if (error instanceof ConfigError) return { kind: 'exit', code: 1, text: error.message };
    throw error;
  }
}

/** The effective configuration, one `NAME=value` per line with its source; secrets are not shown. */
export function configText<G extends GroupName>(groups: readonly G[], loaded: Loaded<G>): string {
  const values = new Map<string, unknown>(Object.entries(loaded.config));
  return entriesFor(groups)
    .map((entry) => {
      const value = values.get(entry.field);
      const secret = entry.option.secret === true && value !== undefined;
      const text = secret ? '(secret)' : value === undefined ? '' : entry.option.kind.show(value);
      return `${entry.env}=${text}  # ${loaded.sources.get(entry.field) ?? 'default'}`;
    })
    .join('\n');
}
