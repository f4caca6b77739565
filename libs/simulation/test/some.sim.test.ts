/** Faults as a bad week has them, over many seeds. */
import { describe, it } from 'vitest';
import { expectKept, hourOf200, suiteSeeds } from './seeds.ts';

/** With the 40 harsh ones a hundred. This file takes as long as harsh.sim.test.ts, so that each has a core. */
const SEEDS = 60;

describe('200 chargers for an hour with some faults', () => {
  it.each(suiteSeeds(1, SEEDS))('keep every promise with seed %d', async (seed) => {
    await expectKept(hourOf200(seed, 'some'));
  });
});
