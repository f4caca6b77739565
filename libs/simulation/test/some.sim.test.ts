/** Faults as a bad week has them, over many seeds. */
import { describe, it } from 'vitest';
import { expectKept, hourOf200, seeds } from './seeds.ts';

/** 2 to 4 s of CPU each on the reference machine; with the other suites beside it, 40 take two to three minutes of one core. */
const SEEDS = 40;

describe('200 chargers for an hour with some faults', () => {
  it.each(seeds(1, SEEDS))('keep every promise with seed %d', async (seed) => {
    await expectKept(hourOf200(seed, 'some'));
  });
});
