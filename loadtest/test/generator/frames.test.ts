import { describe, expect, it } from 'vitest';
import { closeFrame, controlFrame, OPCODE, textFrame } from '../../src/generator/client-frame.ts';
import { readFrames } from '../../src/generator/server-frames.ts';

/** What a server would read. */
function unmasked(frame: Buffer): { readonly first: number; readonly text: string } {
  const extended = ((frame[1] ?? 0) & 0x7f) === 126 ? 2 : 0;
  const mask = frame.subarray(2 + extended, 6 + extended);
  const payload = frame.subarray(6 + extended).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { first: frame[0] ?? 0, text: Buffer.from(payload).toString('latin1') };
}

function serverFrame(payload: string, opcode: number = OPCODE.text): Buffer {
  const length = payload.length;
  const head =
    length < 126
      ? [0x80 | opcode, length]
      : length < 65_536
        ? [0x80 | opcode, 126, length >>> 8, length & 255]
        : undefined;
  if (head !== undefined) return Buffer.concat([Buffer.from(head), Buffer.from(payload, 'latin1')]);
  const long = Buffer.alloc(10);
  long[0] = 0x80 | opcode;
  long[1] = 127;
  long.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([long, Buffer.from(payload, 'latin1')]);
}

function read(bytes: Buffer): { readonly used: number; readonly seen: readonly string[] } {
  const seen: string[] = [];
  const used = readFrames(3, bytes, bytes.length, {
    text: (row, from, start, end) => seen.push(`${row} text ${from.toString('latin1', start, end)}`),
    ping: (row, payload) => seen.push(`${row} ping ${payload.toString()}`),
    close: (row, code) => seen.push(`${row} close ${code}`),
    broken: (row, why) => seen.push(`${row} broken ${why}`),
  });
  return { used, seen };
}

describe('frames of the generator', () => {
  it.each([0, 1, 3, 4, 125, 126, 127, 1_000, 65_535])('carry %i bytes masked', (length) => {
    const text = 'abcdefgh'.repeat(8_192).slice(0, length);
    const frame = textFrame(text);
    expect((frame[1] ?? 0) & 0x80).toBe(0x80);
    expect(unmasked(frame)).toEqual({ first: 0x81, text });
    if (length > 8) expect(frame.toString('latin1')).not.toContain(text);
  });

  it('are not made above 65,535 bytes', () => {
    expect(() => textFrame('x'.repeat(65_536))).toThrow('65536 bytes');
  });

  it('close with a code and answer pings', () => {
    expect(unmasked(closeFrame(1000))).toEqual({ first: 0x88, text: '\u0003\u00e8' });
    expect(unmasked(controlFrame(OPCODE.pong, Buffer.from('now')))).toEqual({ first: 0x8a, text: 'now' });
  });
});

describe('frames of a server', () => {
  it('are read in order, whatever their length', () => {
    const long = 'y'.repeat(70_000);
    const bytes = Buffer.concat([
      serverFrame('a'),
      serverFrame('b'.repeat(300)),
      serverFrame(long),
      serverFrame('p', OPCODE.ping),
    ]);
    const { used, seen } = read(bytes);
    expect(used).toBe(bytes.length);
    expect(seen).toEqual(['3 text a', `3 text ${'b'.repeat(300)}`, `3 text ${long}`, '3 ping p']);
  });

  it('wait for their rest, wherever they are cut', () => {
    const bytes = Buffer.concat([serverFrame('first'), serverFrame('z'.repeat(200))]);
    for (let cut = 7; cut < bytes.length; cut += 1) {
      const { used, seen } = read(bytes.subarray(0, cut));
      expect(used).toBe(7);
      expect(seen).toEqual(['3 text first']);
    }
  });

  it('may close, with or without a code', () => {
    expect(read(serverFrame('\u0003\u00e9', OPCODE.close)).seen).toEqual(['3 close 1001']);
    expect(read(serverFrame('', OPCODE.close)).seen).toEqual(['3 close 1005']);
  });

  it.each([
    ['a mask', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]), 'a masked frame'],
    ['a fragment', Buffer.from([0x01, 0x01, 65]), 'a fragment or a reserved bit'],
    ['compression', Buffer.from([0xc1, 0x01, 65]), 'a fragment or a reserved bit'],
    ['binary', Buffer.from([0x82, 0x01, 65]), 'opcode 2'],
  ])('are refused with %s', (_what, bytes, why) => {
    expect(read(bytes).seen).toEqual([`3 broken ${why}`]);
  });
});
