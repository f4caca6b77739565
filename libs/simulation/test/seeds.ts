/** Runs one seed as a test and fails with its story. */
import { expect } from 'vitest';
import { type Intensity, type SimulationOptions, simulate, story, summary } from '../src/index.ts';

/** Trace lines of a failing story. */
const LINES = 40;

/** Simulates; a broken promise fails the test with the shortest story. */
export async function expectKept(options: SimulationOptions): Promise<void> {
  const outcome = await simulate(options);
  if (outcome.violations.length === 0) return;
  const lines = [...summary(options, outcome, 0), ...(await story(options, outcome, LINES, () => undefined))];
  expect.fail(lines.join('\n'));
}

/** The size the target names: 200 chargers for an hour. */
export function hourOf200(seed: number, faults: Intensity): SimulationOptions {
  return { seed, chargers: 200, hours: 1, edges: 2, workers: 3, faults };
}

/** Chargers that do in a quarter of an hour what others do in five: fewer, but far more races. */
export function rush(seed: number): SimulationOptions {
  return { seed, chargers: 60, hours: 0.25, pace: 20, edges: 2, workers: 3, partitions: 4, faults: 'harsh' };
}

/** `SIM_SEEDS=all` plays each of them, as CI does; a developer waits for every fourth. */
const SHARE = process.env['SIM_SEEDS'] === 'all' ? 1 : 1 / 4;

/** Seeds of a suite of `count`, those of them that this run plays. */
export function suiteSeeds(first: number, count: number): readonly number[] {
  return seeds(first, Math.ceil(count * SHARE));
}

/** The whole numbers from `first`, `count` of them. */
export function seeds(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
