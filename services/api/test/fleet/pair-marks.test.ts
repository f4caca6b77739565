import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairMarks } from '../../src/fleet/pair-marks.ts';

describe('the marks of a text', () => {
  it('hold those of every text in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, text, after) => {
        expect(~pairMarks(before + text + after) & pairMarks(text)).toBe(0);
      }),
    );
  });

  it('are not those of another text as a rule', () => {
    expect(~pairMarks('nl-rot-004711') & pairMarks('no such thing')).not.toBe(0);
    expect([pairMarks(''), pairMarks('x')]).toEqual([0, 0]);
  });
});
