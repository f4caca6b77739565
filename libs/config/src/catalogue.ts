/** All options of all services in one place. A new option is a field and an entry in one file of `options/`. */
import { envName, type Option } from './option.ts';
import { type ApiOptions, apiOptions } from './options/api.ts';
import { type EdgeOptions, edgeOptions } from './options/edge.ts';
import { type SharedOptions, sharedOptions } from './options/shared.ts';
import { type WorkerOptions, workerOptions } from './options/worker.ts';

/** The groups and what each holds. `shared` is always loaded. */
export interface Groups {
  readonly shared: SharedOptions;
  readonly edge: EdgeOptions;
  readonly worker: WorkerOptions;
  readonly api: ApiOptions;
}

/** Name of a group of options. */
export type GroupName = keyof Groups;

/** Every option there is, as one object. */
export type AllOptions = SharedOptions & EdgeOptions & WorkerOptions & ApiOptions;

/** The options of the given groups, and always the shared ones: what `loadConfig` hands out. */
export type ConfigOf<G extends GroupName> = SharedOptions &
  ('edge' extends G ? EdgeOptions : unknown) &
  ('worker' extends G ? WorkerOptions : unknown) &
  ('api' extends G ? ApiOptions : unknown);

/** The groups in the order they are loaded and documented. */
export const GROUP_NAMES: readonly GroupName[] = ['shared', 'edge', 'worker', 'api'];

/** One option with its names, its value type forgotten. */
export interface CatalogueEntry {
  readonly group: GroupName;
  readonly field: string;
  readonly env: string;
  readonly option: Option<unknown>;
}

function entriesOf(group: GroupName, options: object): CatalogueEntry[] {
  return Object.entries(options).map(([field, option]: [string, Option<unknown>]) => ({
    group,
    field,
    env: envName(field),
    option,
  }));
}

/** The whole catalogue, in order. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  ...entriesOf('shared', sharedOptions),
  ...entriesOf('edge', edgeOptions),
  ...entriesOf('worker', workerOptions),
  ...entriesOf('api', apiOptions),
];

/** The part of the catalogue that belongs to `groups`, shared first. */
export function entriesFor(groups: readonly GroupName[]): readonly CatalogueEntry[] {
  return CATALOGUE.filter((entry) => entry.group === 'shared' || groups.includes(entry.group));
}
