import { expect, it } from 'vitest';
import { Numbered } from '../src/numbered.ts';

it('gives what was kept under a number once', () => {
  const table = new Numbered<string>();
  const [a, b] = [table.add('a'), table.add('b')];
  expect([table.get(a), table.get(b), table.size]).toEqual(['a', 'b', 2]);
  expect([table.take(a), table.take(a), table.get(a), table.size]).toEqual(['a', undefined, undefined, 1]);
});

it('knows no number that was not given, or was given before', () => {
  const table = new Numbered<string>();
  const first = table.add('first');
  table.take(first);
  const second = table.add('second');
  expect(second).not.toBe(first);
  for (const number of [first, 0, -1, 0.5, first + 1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(table.take(number)).toBeUndefined();
  expect(table.take(second)).toBe('second');
});

it('gives no number twice while many come and go', () => {
  const table = new Numbered<number>();
  const given = new Set<number>();
  const kept: { readonly number: number; readonly item: number }[] = [];
  for (let item = 0; item < 10_000; item += 1) {
    const number = table.add(item);
    expect(Number.isSafeInteger(number) && number > 0 && !given.has(number)).toBe(true);
    given.add(number);
    kept.push({ number, item });
    // Some stay for long, most go soon, not in the order they came.
    const going = kept.length > 40 ? kept.splice((item * 7) % kept.length, 1)[0] : undefined;
    if (going !== undefined) expect(table.take(going.number)).toBe(going.item);
  }
  expect(table.size).toBe(kept.length);
  for (const { number, item } of kept) expect(table.take(number)).toBe(item);
  expect(table.size).toBe(0);
});

it('shows all, also while they are taken out', () => {
  const table = new Numbered<string>();
  const numbers = ['a', 'b', 'c'].map((item) => table.add(item));
  table.take(numbers[1] ?? 0);
  const seen: [string, number][] = [];
  table.each((item, number) => {
    seen.push([item, number]);
    table.take(number);
  });
  expect(seen).toEqual([
    ['a', numbers[0]],
    ['c', numbers[2]],
  ]);
  expect(table.size).toBe(0);
});
