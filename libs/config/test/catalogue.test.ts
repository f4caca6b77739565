import { describe, expect, it } from 'vitest';
import { CATALOGUE, markdownTable } from '../src/index.ts';

describe('the catalogue', () => {
  it('names every option once', () => {
    const names = CATALOGUE.map((entry) => entry.env);
    expect(names.length).toBeGreaterThan(40);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(CATALOGUE.map((entry) => [entry.env, entry] as const))(
    '%s has a default its own kind accepts',
    (_, { option }) => {
      if (option.default === undefined) return;
      const text = option.kind.show(option.default);
      if (text === '') expect(option.defaultDoc).toBeDefined();
      else expect(option.kind.read(text)).toEqual({ kind: 'value', value: option.default });
    },
  );

  it('ends the name of every number with its unit or says what it counts', () => {
    const numbers = CATALOGUE.filter((entry) => entry.option.kind.allowed.startsWith('a whole number'));
    const suffix = /_(MS|S|HOURS|MAX|PER_SECOND)$|^VOLTLANE_(PARTITIONS|NATS_REPLICAS)$/;
    expect(numbers.filter((entry) => !suffix.test(entry.env)).map((entry) => entry.env)).toEqual([]);
  });

  it('documents every option in the table', () => {
    const table = markdownTable();
    for (const entry of CATALOGUE) expect(table).toContain(`| \`${entry.env}\` |`);
  });
});
