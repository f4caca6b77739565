/**
 * Files of options for kustomize's configMapGenerator, written from the catalogue the services read. Pure. A full file shows every
 * option with its meaning, those at their default as comments, so that a default goes on following the code; a short one has
 * only what it changes. A secret is never in one: it has a Secret, and `<NAME>_FILE` says where.
 */
import { CATALOGUE, type CatalogueEntry, type GroupName } from '@voltlane/config';
import { BASE, DEV, type MapSettings } from './settings.ts';

const GENERATOR = 'deploy/scripts/write-options.ts';
const GROUPS: readonly GroupName[] = ['shared', 'edge', 'worker', 'api'];

/** Path below deploy/kubernetes → text. */
export function optionFiles(): ReadonlyMap<string, string> {
  return new Map(
    GROUPS.flatMap((group) => [
      [`base/options/${group}.env`, fullOptionsFile(group, BASE[group])] as const,
      [`overlays/dev/options/${group}.env`, shortOptionsFile(DEV[group])] as const,
    ]),
  );
}

/** Every option of `group`, in the order of the catalogue. */
function fullOptionsFile(group: GroupName, settings: MapSettings): string {
  const entries = CATALOGUE.filter((entry) => entry.group === group && entry.option.secret !== true);
  const own = new Set(entries.map((entry) => entry.field));
  const shared = CATALOGUE.filter((entry) => !own.has(entry.field) && entry.field in settings.options);
  return [
    `# Options of ${group === 'shared' ? 'every service' : `the ${group}`}. Written by ${GENERATOR}, which checks them; do not edit.`,
    ...entries.flatMap((entry) => [
      '',
      `# ${entry.option.doc}`,
      lineOf(entry, settings) ?? `# ${entry.env}=${defaultOf(entry)}`,
    ]),
    ...(shared.length === 0 ? [] : ['', '# Of the shared options, for this service alone.']),
    ...shared.map((entry) => lineOf(entry, settings) ?? ''),
    ...otherLines(settings),
    '',
  ].join('\n');
}

/** Only what `settings` names. */
function shortOptionsFile(settings: MapSettings): string {
  const lines = CATALOGUE.flatMap((entry) => lineOf(entry, settings) ?? []);
  return [`# Written by ${GENERATOR}, which checks them; do not edit.`, ...lines, ...otherLines(settings), ''].join(
    '\n',
  );
}

function lineOf(entry: CatalogueEntry, { options }: MapSettings): string | undefined {
  const value = new Map<string, unknown>(Object.entries(options)).get(entry.field);
  if (value === undefined) return undefined;
  if (entry.option.secret === true) throw new TypeError(`${entry.env} is a secret and has no place in a ConfigMap`);
  return `${entry.env}=${entry.option.kind.show(value)}`;
}

function defaultOf({ option }: CatalogueEntry): string {
  if (option.defaultDoc !== undefined) return `(${option.defaultDoc})`;
  return option.default === undefined ? '(unset)' : option.kind.show(option.default);
}

function otherLines({ others }: MapSettings): string[] {
  const lines = Object.entries(others).map(([name, value]) => `${name}=${value}`);
  return lines.length === 0 ? [] : ['', '# Where secrets are mounted, and flags of Node.', ...lines];
}
