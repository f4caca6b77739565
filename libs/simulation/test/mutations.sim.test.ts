/** A checker that finds nothing may be blind: with a protection taken away, a promise must break. docs/mutations.md is this list. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTATIONS, simulate } from '../src/index.ts';
import { rush, seeds } from './seeds.ts';

/** Seeds tried before the simulation counts as blind; the document says how many each took. */
const SEEDS_MAX = 8;

const document = readFileSync(new URL('../../../docs/mutations.md', import.meta.url), 'utf8');

describe('without a protection', () => {
  it.each(MUTATIONS.map((create) => ({ create, name: create().name })))(
    '$name a promise breaks',
    async ({ create }) => {
      const { name, shownBy, faults = 'harsh', foundBy } = create();
      expect(document).toContain(`\`${name}\``);
      const broken = new Set<string>();
      for (const seed of seeds(1, SEEDS_MAX)) {
        const outcome = await simulate({ ...rush(seed), chargers: 100, kinds: shownBy, faults, mutation: create() });
        for (const { invariant } of outcome.violations) broken.add(invariant);
        if (foundBy.some((invariant) => broken.has(invariant))) return;
      }
      expect.fail(
        `${SEEDS_MAX} seeds without ${name} broke ${[...broken].join(', ') || 'nothing'}, not ${foundBy.join(' or ')}`,
      );
    },
  );
});
