import { describe, expect, it } from 'vitest';
import { minimise } from '../src/index.ts';

const quiet = (): void => undefined;

describe('minimise', () => {
  it('keeps only what the failure needs', async () => {
    const items = Array.from({ length: 40 }, (_, index) => index);
    const kept = await minimise(items, (some) => Promise.resolve(some.includes(7) && some.includes(31)), 1_000, quiet);
    expect(kept).toEqual([7, 31]);
  });

  it('keeps nothing when nothing is needed', async () => {
    expect(await minimise([1, 2, 3], () => Promise.resolve(true), 1_000, quiet)).toEqual([]);
  });

  it('ends at its number of runs with a list that still fails', async () => {
    let runs = 0;
    const kept = await minimise(
      [1, 2, 3, 4, 5, 6, 7, 8],
      (some) => {
        runs += 1;
        return Promise.resolve(some.includes(3));
      },
      2,
      quiet,
    );
    expect(runs).toBeLessThanOrEqual(3);
    expect(kept).toContain(3);
  });
});
