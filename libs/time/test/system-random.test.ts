import { expect, it } from 'vitest';
import { systemRandom } from '../src/index.ts';

it('gives nobody the bytes of another, whatever the sizes', () => {
  const seen = new Set<string>();
  let drawn = 0;
  for (let size = 8; size <= 5_000; size += 7) {
    const bytes = systemRandom.bytes(size);
    expect(bytes).toHaveLength(size);
    for (let at = 0; at + 8 <= size; at += 8) {
      seen.add(Buffer.from(bytes.subarray(at, at + 8)).toString('hex'));
      drawn += 1;
    }
  }
  // Eight bytes that come twice, or eight zeros, are no chance.
  expect(seen.size).toBe(drawn);
  expect(seen.has('00'.repeat(8))).toBe(false);
});

it('gives bytes that later ones do not change', () => {
  const first = systemRandom.bytes(100);
  const copy = Uint8Array.from(first);
  for (let turn = 0; turn < 100; turn += 1) systemRandom.bytes(100);
  expect(first).toEqual(copy);
});
