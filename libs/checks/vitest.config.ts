/**
 * The test projects, one per suffix: `x.test.ts` unit, `x.int.test.ts` int, `x.sim.test.ts` sim, `x.e2e.test.ts` e2e or
 * e2e-alone, `x.deploy.test.ts` deploy, and the checks of this package. Lives here because the top level of the repository is fixed; run
 * it through the npm scripts.
 */
import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));
const conditions = ['source', 'module', 'node', 'development|production'];
const packages = '{libs/*,services/*,loadtest,deploy}/test/**';

interface ProjectShape {
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** Projects of one order run together, lower orders first. */
  readonly order: number;
  readonly workers: number;
  readonly testTimeoutMs: number;
  readonly hookTimeoutMs: number;
  /** Node loads the modules, not vitest: each import costs a look-up there, a tenth to a quarter of a simulation. Such tests cannot mock modules. */
  readonly native?: boolean;
  /** Files share a process, and its modules: loading them anew was more than half of the time. Such tests change nothing global. */
  readonly shared?: boolean;
  /** Starts real processes from sources. */
  readonly processes?: boolean;
}

function project(shape: ProjectShape): TestProjectInlineConfiguration {
  return {
    root,
    resolve: { conditions, externalConditions: ['source', 'node'] },
    ssr: { resolve: { conditions, externalConditions: ['source', 'node'] } },
    test: {
      name: shape.name,
      include: [...shape.include],
      exclude: ['**/node_modules/**', '**/dist/**', ...(shape.exclude ?? [])],
      environment: 'node',
      pool: 'forks',
      execArgv: ['--conditions=source'],
      maxWorkers: shape.workers,
      ...(shape.shared === true && { isolate: false }),
      testTimeout: shape.testTimeoutMs,
      hookTimeout: shape.hookTimeoutMs,
      sequence: { groupOrder: shape.order },
      ...(shape.processes === true && { globalSetup: 'libs/checks/scripts/warm-compile-cache.ts' }),
      ...(shape.native === true && { experimental: { viteModuleRunner: false, nodeLoader: false } }),
    },
  };
}

/** Files at a time of tests with real NATS and real processes: such tests wait more than half of their time, and two cores suffice. */
const WAITING = 3;

/** These hold a broker to figures, or fill the machine: each runs alone. */
const alone = [
  'loadtest/test/{cpu-ratio,loadtest,metrics-cost,old-generation}',
  'libs/chaos/test/chaos',
  'services/broker/test/{drain-loses-nothing,silent-chargers,storm-control,ten-thousand-sessions}',
].map((file) => `${file}.e2e.test.ts`);

const special = ['int', 'sim', 'e2e', 'deploy'].map((suffix) => `**/*.${suffix}.test.ts`);

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  root,
  cacheDir: 'node_modules/.vite',
  test: {
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    teardownTimeout: 20_000,
    projects: [
      project({
        name: 'unit',
        include: [`${packages}/*.test.ts`],
        exclude: [...special, 'libs/checks/**'],
        order: 0,
        native: true,
        shared: true,
        workers: 2,
        testTimeoutMs: 20_000,
        hookTimeoutMs: 20_000,
      }),
      project({
        name: 'checks',
        include: ['libs/checks/test/**/*.test.ts'],
        order: 1,
        workers: 1,
        testTimeoutMs: 300_000,
        hookTimeoutMs: 300_000,
      }),
      project({
        name: 'int',
        include: [`${packages}/*.int.test.ts`],
        order: 2,
        workers: WAITING,
        testTimeoutMs: 60_000,
        hookTimeoutMs: 180_000,
      }),
      project({
        name: 'sim',
        include: [`${packages}/*.sim.test.ts`],
        order: 3,
        native: true,
        workers: 2,
        testTimeoutMs: 180_000,
        hookTimeoutMs: 60_000,
      }),
      project({
        name: 'e2e',
        include: [`${packages}/*.e2e.test.ts`],
        exclude: alone,
        order: 2,
        workers: WAITING,
        processes: true,
        testTimeoutMs: 240_000,
        hookTimeoutMs: 240_000,
      }),
      project({
        name: 'e2e-alone',
        include: alone,
        order: 4,
        workers: 1,
        processes: true,
        testTimeoutMs: 240_000,
        hookTimeoutMs: 240_000,
      }),
      // Minutes, and more of Debian than the others need: only when it is asked for (`npm run test:deploy`).
      project({
        name: 'deploy',
        include: [`${packages}/*.deploy.test.ts`],
        order: 5,
        workers: 1,
        processes: true,
        testTimeoutMs: 600_000,
        hookTimeoutMs: 240_000,
      }),
    ],
  },
});
