import { expect, it } from 'vitest';
import { flatText } from '../src/flat-text.ts';

it('is the same text, whatever it is written in', () => {
  for (const text of ['', 'default/cp-1', 'default/Säule 1', '充电桩/🔌']) expect(flatText(text)).toBe(text);
});
