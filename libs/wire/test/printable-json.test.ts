import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printableJson, printableText } from '../src/index.ts';

it('is printable ASCII, and the same value when read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = printableJson(value);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('has each text in it as it stands alone', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }), (texts, other) => {
      for (const text of texts) expect(printableJson(texts)).toContain(printableText(text));
      expect(printableJson([other])).toBe(`[${printableText(other)}]`);
    }),
  );
  expect(printableJson(['ab', 'cd'])).not.toContain(printableText('b'));
});
