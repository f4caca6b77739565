import { describe, expect, it } from 'vitest';
import { textFrame } from '../src/text-frame.ts';

/** A whole, unmasked text frame by RFC 6455 §5.2, read from its bytes. */
const read = (frame: string | Buffer): string => {
  const bytes = typeof frame === 'string' ? Buffer.from(frame, 'latin1') : frame;
  expect(bytes[0]).toBe(0b1000_0001);
  const length = bytes.readUInt8(1);
  const [at, size] =
    length < 126 ? [2, length] : length === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))];
  expect(bytes.length).toBe(at + size);
  return bytes.toString('utf8', at);
};

describe('a text frame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i ASCII bytes is one string that a client reads',
    (length) => {
      const text = 'abcdefghij'.repeat(length / 10 + 1).slice(0, length);
      const frame = textFrame(text);
      expect(typeof frame).toBe('string');
      expect(read(frame)).toBe(text);
    },
  );

  it.each([
    ['two bytes a character', 'Düsseldorf'],
    ['three', '充电桩'.repeat(30)],
    ['four', '🔌'.repeat(40_000)],
    ['one byte in memory, two on the wire', '\u00ff'.repeat(125)],
  ])('with %s is counted in bytes', (_what, text) => {
    expect(read(textFrame(text))).toBe(text);
  });

  it('replaces what UTF-8 cannot hold', () => {
    expect(read(textFrame('a\ud800b'))).toBe('a\ufffdb');
  });
});
