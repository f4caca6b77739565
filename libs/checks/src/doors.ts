/** One door for each third-party package and for each thing of the platform that a test must be able to decide. */
import type { SourceModule, Violation } from './source-tree.ts';

/** Third-party packages and the packages whose sources may import them. A new dependency gets its line here. */
export const PACKAGE_DOORS: Readonly<Record<string, readonly string[]>> = {
  ws: ['edge', 'charger', 'loadtest'],
  nats: ['bus'],
  msgpackr: ['wire'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  '@opentelemetry/api': ['telemetry'],
  '@opentelemetry/exporter-trace-otlp-http': ['telemetry'],
  '@opentelemetry/resources': ['telemetry'],
  leven: ['config'],
  'typed-ocpp': ['ocpp', 'testkit'],
  ajv: ['ocpp', 'api'],
  'ajv-formats': ['ocpp'],
  fastify: ['api'],
  '@fastify/swagger': ['api'],
  '@fastify/swagger-ui': ['api'],
  'json-schema-to-ts': ['api'],
  commander: ['virtual-charger', 'loadtest', 'chaos', 'deploy'],
  'hdr-histogram-js': ['loadtest'],
  'ocpp-rpc': ['loadtest'],
  uplot: ['loadtest'],
  echarts: ['loadtest'],
  '@lezer/common': ['deploy'],
  '@prometheus-io/lezer-promql': ['deploy'],
  'oxc-parser': ['checks'],
  'github-slugger': ['checks'],
  'mdast-util-from-markdown': ['checks'],
  'dockerfile-ast': ['deploy'],
  'kubernetes-models': ['deploy'],
  yaml: ['deploy'],
  vitest: ['checks'],
};

/** Names of the platform and the one package whose sources may use them. */
export const PLATFORM_DOORS: Readonly<Record<string, string>> = {
  Date: 'time',
  'Math.random': 'time',
  performance: 'time',
  setTimeout: 'time',
  setInterval: 'time',
  setImmediate: 'time',
  'process.hrtime': 'time',
  randomBytes: 'time',
  randomUUID: 'time',
  randomInt: 'time',
  getRandomValues: 'time',
  'process.env': 'config',
};

/** Modules of Node that lead around a platform door. */
const PLATFORM_MODULES: Readonly<Record<string, string>> = {
  'node:timers': 'time',
  'node:timers/promises': 'time',
  'node:perf_hooks': 'time',
};

/** Not part of the product: they measure, start processes and wait in real time. */
const FREE: ReadonlySet<string> = new Set(['testkit', 'checks', 'loadtest', 'deploy']);

/** Finds packages and platform names used outside their door. Tests are free. */
export function checkDoors(modules: readonly SourceModule[]): readonly Violation[] {
  return modules.flatMap((module) =>
    module.area === 'src' ? [...importProblems(module), ...useProblems(module)] : [],
  );
}

function importProblems(module: SourceModule): Violation[] {
  return module.facts.imports.flatMap(({ specifier, line }): Violation[] => {
    const platform = PLATFORM_MODULES[specifier];
    if (platform !== undefined && platform !== module.packageName && !FREE.has(module.packageName))
      return [{ path: module.path, line, message: `${specifier} has its door in ${platform}` }];
    if (/^(\.|node:|@voltlane\/)/.test(specifier)) return [];
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const doors = PACKAGE_DOORS[name];
    if (doors?.includes(module.packageName) === true) return [];
    const reason = doors === undefined ? 'has no door yet' : `has its door in ${doors.join(', ')}`;
    return [{ path: module.path, line, message: `${name} ${reason}` }];
  });
}

function useProblems(module: SourceModule): Violation[] {
  if (FREE.has(module.packageName)) return [];
  // `Date.now` is read as a chain and as its root; both are one use.
  const seen = new Set<string>();
  return module.facts.uses.flatMap(({ name, line }): Violation[] => {
    const bare = name.replace(/^globalThis\./, '');
    const door = Object.entries(PLATFORM_DOORS).find(([use]) => bare === use || bare.startsWith(`${use}.`));
    if (door === undefined || door[1] === module.packageName || seen.has(`${door[0]} ${line}`)) return [];
    seen.add(`${door[0]} ${line}`);
    return [{ path: module.path, line, message: `${door[0]} has its door in ${door[1]}` }];
  });
}
