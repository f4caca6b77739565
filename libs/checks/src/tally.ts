/**
 * Counts what a test run did, for the one line `npm test` ends with. Everything that is not a passed test is a failure:
 * hooks, suites that do not load, unhandled errors, tests somebody switched off.
 */
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** The last line of `npm test`. */
export function tallyLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed`;
}

/** What the command exits with: a run without any test is a failure, too. */
export function settleTally(tally: Tally | undefined): Tally {
  if (tally === undefined || tally.passed + tally.failed === 0) return { passed: 0, failed: 1 };
  return tally;
}

/** Counts the results of a finished run. `filtered`: tests were picked by name, so the others are not failures. */
export function countRun(modules: readonly TestModule[], unhandledErrors: number, filtered: boolean): Tally {
  let passed = 0;
  let failed = unhandledErrors;
  for (const module of modules) {
    failed += ownFailures(module);
    for (const suite of module.children.allSuites()) failed += ownFailures(suite);
    for (const test of module.children.allTests()) {
      const state = test.result().state;
      if (state === 'passed') passed += 1;
      else if (state === 'failed' || !filtered) failed += 1;
    }
  }
  return { passed, failed };
}

/** Reporter that keeps the tally of the last run for `onTally`. Prints nothing. */
export function createTallyReporter(filtered: boolean, onTally: (tally: Tally) => void): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors, reason): void {
      const tally = countRun(modules, unhandledErrors.length, filtered);
      const unexplained = reason !== 'passed' && tally.failed === 0 ? 1 : 0;
      onTally({ passed: tally.passed, failed: tally.failed + unexplained });
    },
  };
}

function ownFailures(entity: TestModule | TestSuite): number {
  return entity.errors().length;
}
