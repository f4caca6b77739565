import { expect, it } from 'vitest';
import type { Links } from '../src/linked-list.ts';
import { LinkedList } from '../src/linked-list.ts';

class Item implements Links<Item> {
  before: Item | undefined;
  after: Item | undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function listOf(...names: readonly string[]): { readonly list: LinkedList<Item>; readonly items: readonly Item[] } {
  const list = new LinkedList<Item>();
  const items = names.map((name) => new Item(name));
  for (const item of items) list.add(item);
  return { list, items };
}

function namesIn(list: LinkedList<Item>): readonly string[] {
  const names: string[] = [];
  list.each(({ name }) => names.push(name));
  return names;
}

it.each([
  [[0], 'bcd'],
  [[3], 'abc'],
  [[1, 2], 'ad'],
  [[2, 1, 0, 3], ''],
])('keeps the order of the others when %j are taken out', (taken, left) => {
  const { list, items } = listOf('a', 'b', 'c', 'd');
  for (const [index, item] of items.entries()) if (taken.includes(index)) list.delete(item);
  expect(namesIn(list).join('')).toBe(left);
  list.add(new Item('e'));
  expect(namesIn(list).join('')).toBe(`${left}e`);
});

it('leaves no way from an item that was taken out to one that was not', () => {
  const { list, items } = listOf('a', 'b', 'c');
  const [, middle] = items;
  if (middle === undefined) throw new Error('no item');
  list.delete(middle);
  expect([middle.before, middle.after]).toEqual([undefined, undefined]);
  list.add(middle);
  expect(namesIn(list)).toEqual(['a', 'c', 'b']);
});

it('shows all when each is taken out as it is seen, and those that come meanwhile', () => {
  const { list } = listOf('a', 'b', 'c');
  const seen: string[] = [];
  list.each((item) => {
    seen.push(item.name);
    if (item.name === 'c') list.add(new Item('d'));
    else list.delete(item);
  });
  expect(seen).toEqual(['a', 'b', 'c', 'd']);
  expect(namesIn(list)).toEqual(['c']);
});

it('finds the first for which a test holds', () => {
  const { list, items } = listOf('a', 'b', 'c');
  expect(list.find(({ name }) => name > 'a')).toBe(items[1]);
  expect(list.find(({ name }) => name > 'c')).toBeUndefined();
});
