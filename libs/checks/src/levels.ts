/** Who may import whom: a package imports packages of lower levels only, by their index; tests may also use the testkit. */
import { posix } from 'node:path';
import type { SourceModule, Violation } from './source-tree.ts';

/** Level of each package; a new package gets its line here. */
export const LEVELS: Readonly<Record<string, number>> = {
  ocpp: 0,
  wire: 0,
  time: 0,
  bus: 1,
  'charger-state': 1,
  config: 1,
  telemetry: 1,
  actors: 2,
  charger: 2,
  commands: 2,
  registry: 2,
  launch: 3,
  edge: 4,
  worker: 4,
  api: 4,
  'virtual-charger': 4,
  broker: 5,
  testkit: 6,
  loadtest: 7,
  simulation: 7,
  chaos: 7,
  deploy: 7,
  checks: 7,
};

/** Packages that may use the testkit outside of tests. */
const TESTKIT_USERS: ReadonlySet<string> = new Set(['testkit', 'loadtest', 'deploy', 'chaos', 'simulation']);

/** Tests of packages up to this level may use packages beside them, as data or as clocks. Services stay apart. */
const NEIGHBOURS_MAX = 2;

/** Scope of all packages. */
const SCOPE = '@voltlane/';

/** Finds imports that go up, sideways or around an index. */
export function checkLevels(modules: readonly SourceModule[]): readonly Violation[] {
  return modules.flatMap((module) =>
    module.facts.imports.flatMap(({ specifier, line }) => {
      const message = specifier.startsWith('.')
        ? relativeProblem(module, specifier)
        : specifier.startsWith(SCOPE)
          ? packageProblem(module, specifier.slice(SCOPE.length))
          : undefined;
      return message === undefined ? [] : [{ path: module.path, line, message }];
    }),
  );
}

function relativeProblem(module: SourceModule, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(module.path), specifier);
  if (!target.startsWith(`${module.packagePath}/`)) return `${specifier} leaves the package; import it by its name`;
  if (module.area === 'src' && !/\/(src|generated)\//.test(`/${target}`)) return `${specifier} leaves src`;
  if (module.area === 'src' && target.startsWith(`${module.packagePath}/test/`)) return `${specifier} is a test`;
  return undefined;
}

function packageProblem(module: SourceModule, target: string): string | undefined {
  if (target.includes('/')) return `${SCOPE}${target} goes around the index of its package`;
  const own = LEVELS[module.packageName];
  const other = LEVELS[target];
  if (own === undefined) return `package ${module.packageName} has no level`;
  if (other === undefined) return `package ${target} has no level`;
  if (target === module.packageName)
    return module.area === 'src' ? `${SCOPE}${target} imports itself by name` : undefined;
  if (target === 'testkit') {
    const allowed = module.area === 'test' || TESTKIT_USERS.has(module.packageName);
    return allowed ? undefined : 'the testkit is for tests only';
  }
  if (other < own) return undefined;
  if (other === own && own <= NEIGHBOURS_MAX && module.area === 'test') return undefined;
  return `${module.packageName} (level ${own}) must not import ${target} (level ${other})`;
}
