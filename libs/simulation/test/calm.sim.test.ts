/** Without faults nothing at all goes wrong, and the run says what it did. */
import { describe, expect, it } from 'vitest';
import { simulate, summary } from '../src/index.ts';
import { hourOf200 } from './seeds.ts';

describe('200 chargers for an hour without faults', () => {
  it('hear no error and wait for nothing', async () => {
    const options = hourOf200(1, 'none');
    const outcome = await simulate(options);
    expect(outcome.violations).toEqual([]);
    expect(outcome.load).toMatchObject({ callErrors: 0, timeouts: 0, answered: outcome.load.calls });
    // A simulation of idle chargers would be worth nothing.
    expect(outcome.load.calls).toBeGreaterThan(200 * 25);
    expect(outcome.load.transactions).toBeGreaterThan(200);
    expect(summary(options, outcome, 1000).at(-1)).toBe(`trace hash ${outcome.hash}`);
  });
});
