import { expect, it } from 'vitest';
import { SharedValues } from '../src/shared-values.ts';

interface Rule {
  readonly intervalS: number;
}
const rules = (): SharedValues<Rule> => new SharedValues((rule) => JSON.stringify(rule));

it('gives one object for all that are equal', () => {
  const table = rules();
  const first = table.shared({ intervalS: 1 });
  expect(table.shared({ intervalS: 1 })).toBe(first);
  expect(table.shared({ intervalS: 2 })).toEqual({ intervalS: 2 });
  expect(table.shared({ intervalS: 1 })).toBe(first);
});

it('keeps no more than 1,024: then it begins anew', () => {
  const table = rules();
  const first = table.shared({ intervalS: 0 });
  for (let intervalS = 1; intervalS < 1_024; intervalS += 1) table.shared({ intervalS });
  expect(table.shared({ intervalS: 0 })).toBe(first);
  table.shared({ intervalS: 1_024 });
  expect(table.shared({ intervalS: 0 })).not.toBe(first);
});
