/**
 * A text frame of a server (RFC 6455 §5.2: unmasked, unfragmented) in one piece. `ws` hands the header and the payload to the socket as two
 * chunks, which Node gathers with `writev`; one string of single bytes goes to the kernel without a buffer in between. Pure.
 */

/** FIN and the opcode of text. */
const FIRST_BYTE = 0x81;
/** Longest payload whose length stands in the second byte, and in the two after it. */
const LENGTH_7_BITS_MAX = 125;
const LENGTH_16_BITS_MAX = 0xffff;

/** The frame as one string of single bytes (encoding `latin1`), or as bytes when `text` has others than ASCII. */
export function textFrame(text: string): string | Buffer {
  const bytes = Buffer.byteLength(text, 'utf8');
  const header = headerOf(bytes);
  if (bytes === text.length) return header + text;
  const frame = Buffer.allocUnsafe(header.length + bytes);
  frame.write(header, 0, 'latin1');
  frame.write(text, header.length, 'utf8');
  return frame;
}

function headerOf(bytes: number): string {
  if (bytes <= LENGTH_7_BITS_MAX) return String.fromCharCode(FIRST_BYTE, bytes);
  if (bytes <= LENGTH_16_BITS_MAX) return String.fromCharCode(FIRST_BYTE, 126, bytes >>> 8, bytes & 0xff);
  const high = Math.floor(bytes / 2 ** 32);
  const octets = [high, bytes >>> 0].flatMap((word) => [
    word >>> 24,
    (word >>> 16) & 0xff,
    (word >>> 8) & 0xff,
    word & 0xff,
  ]);
  return String.fromCharCode(FIRST_BYTE, 127, ...octets);
}
