import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listElement } from '../src/list-element.ts';

describe('an element of a list in JSON', () => {
  it('is what the whole list has at that place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
        fc.nat(6),
        fc.string(),
        (list, place, before) => {
          const text = listElement(before + JSON.stringify(list), before.length, place);
          expect(text).toBe(place < list.length ? JSON.stringify(list[place]) : undefined);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a quote in a text', '["a\\"],[\\"",[1]]', '[1]'],
    ['a backslash at its end', '["a\\\\",2]', '2'],
    ['brackets and commas in texts and names', '["],{",{"a,]":[3,"}"]}]', '{"a,]":[3,"}"]}'],
  ])('is found behind %s', (_name, json, second) => {
    expect(listElement(json, 0, 1)).toBe(second);
  });

  it.each(['', '[', '["a', '["a\\', '[[1,2', '[1,[2]'])('is none in the beginning of a list: %s', (json) => {
    expect(listElement(json, 0, 1)).toBeUndefined();
  });
});
