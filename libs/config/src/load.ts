/**
 * Environment → frozen options, or every problem at once. Pure but for the reading of secret files, which comes in as a
 * function. Never prints a secret.
 */
import { type AllOptions, type CatalogueEntry, type ConfigOf, entriesFor, type GroupName } from './catalogue.ts';
import { ConfigError } from './errors.ts';
import { FILE_SUFFIX, unknownNames } from './names.ts';
import { envName } from './option.ts';
import type { SharedOptions } from './options/shared.ts';
import { RELATIONS } from './relations.ts';

/** What the environment is: names to text. An empty text counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a text file; throws when it cannot. */
export type ReadFile = (path: string) => string;

/** Where an option's value came from. */
export type ValueSource = 'default' | 'env' | 'file';

/** The loaded options and the source of each. */
export interface Loaded<G extends GroupName> {
  readonly config: ConfigOf<G>;
  readonly sources: ReadonlyMap<string, ValueSource>;
}

/** Reads the options of `groups` (and always the shared ones). Throws `ConfigError` with every problem found. */
export function loadConfig<G extends GroupName>(groups: readonly G[], env: Environment, readFile: ReadFile): Loaded<G> {
  const problems: string[] = unknownNames(env);
  const entries = entriesFor(groups);
  const values: Record<string, unknown> = {};
  const sources = new Map<string, ValueSource>();
  const shared = entries.filter((entry) => entry.group === 'shared');
  const others = entries.filter((entry) => entry.group !== 'shared');
  for (const entry of [...shared, ...others]) {
    const text = readText(entry, env, readFile, problems);
    if (text === undefined) {
      values[entry.field] = defaultOf(entry, values);
      sources.set(entry.field, 'default');
      continue;
    }
    const reading = entry.option.kind.read(text.text);
    sources.set(entry.field, text.source);
    if (reading.kind === 'value') values[entry.field] = reading.value;
    else {
      values[entry.field] = defaultOf(entry, values);
      problems.push(`${entry.env} is ${shown(entry, text.text)}; ${reading.problem}`);
    }
  }
  if (problems.length === 0) problems.push(...brokenRelations(entries, values));
  if (problems.length > 0) throw new ConfigError(problems);
  Object.freeze(values);
  if (!holds<G>(entries, values)) throw new ConfigError(['the catalogue does not match its types']);
  return { config: values, sources };
}

function readText(
  entry: CatalogueEntry,
  env: Environment,
  readFile: ReadFile,
  problems: string[],
): { readonly text: string; readonly source: ValueSource } | undefined {
  const text = isSet(env, entry.env) ? env[entry.env] : undefined;
  const fileName = entry.env + FILE_SUFFIX;
  const file = entry.option.secret === true && isSet(env, fileName) ? env[fileName] : undefined;
  if (file === undefined) return text === undefined ? undefined : { text, source: 'env' };
  if (text !== undefined) {
    problems.push(`${entry.env} and ${fileName} are both set; only one of them may be`);
    return undefined;
  }
  try {
    return { text: readFile(file).replace(/\r?\n$/, ''), source: 'file' };
  } catch (error) {
    problems.push(
      `${fileName} is "${file}"; it cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
    return undefined;
  }
}

function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}

function defaultOf(entry: CatalogueEntry, values: object): unknown {
  const { option } = entry;
  if (option.defaultFrom === undefined) return option.default;
  return holdsEarlier(values) ? option.defaultFrom(values) : undefined;
}

/** Holds while options are read: each field has what its own kind read, and shared fields come in declared order. */
function holdsEarlier(values: object): values is Partial<SharedOptions> {
  return values !== null;
}

/** A value as a message may show it. */
function shown(entry: CatalogueEntry, text: string): string {
  return entry.option.secret === true ? '(secret)' : `"${text}"`;
}

function brokenRelations(entries: readonly CatalogueEntry[], values: Readonly<Record<string, unknown>>): string[] {
  const loaded = new Set(entries.map((entry) => entry.field));
  const problems: string[] = [];
  for (const relation of RELATIONS) {
    if (!relation.fields.every((field) => loaded.has(field)) || !hasFields(values, relation.fields)) continue;
    const broken = relation.broken(values);
    if (broken !== undefined)
      problems.push(broken.replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (w) => (loaded.has(w) ? envName(w) : w)));
  }
  return problems;
}

/** A relation reads only the fields it names, so naming them is enough to hand it the options. */
function hasFields(values: object, fields: readonly (keyof AllOptions)[]): values is AllOptions {
  return fields.every((field) => field in values);
}

function holds<G extends GroupName>(entries: readonly CatalogueEntry[], values: object): values is ConfigOf<G> {
  return entries.every((entry) => entry.field in values);
}
