/** More faults than anybody has, over many seeds: one a minute at the real pace, four a minute at the fast one. */
import { describe, it } from 'vitest';
import { expectKept, hourOf200, rush, suiteSeeds } from './seeds.ts';

/** This file takes as long as some.sim.test.ts, so that each has a core. */
const SEEDS = 40;
const RUSH_SEEDS = 10;

describe('200 chargers for an hour with harsh faults', () => {
  it.each(suiteSeeds(1001, SEEDS))('keep every promise with seed %d', async (seed) => {
    await expectKept(hourOf200(seed, 'harsh'));
  });
});

describe('60 chargers in a rush with harsh faults', () => {
  it.each(suiteSeeds(2001, RUSH_SEEDS))('keep every promise with seed %d', async (seed) => {
    await expectKept(rush(seed));
  });
});
