/**
 * Identities as one NATS token and back. A `.` would split a subject and `*` or `>` match others, so every byte outside
 * `[A-Za-z0-9_-]` is written `%HH`, upper case. Exactly one token stands for each text: what decodes is what encodes.
 */
import { shown, WireError } from './errors.ts';

const PLAIN = /^[A-Za-z0-9_-]+$/;
const ENCODED = /^(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+$/;
const HEX = '0123456789ABCDEF';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One NATS token for any non-empty, well-formed text, or WireError `invalid-token`. */
export function encodeToken(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text.length === 0 || !text.isWellFormed()) {
    throw new WireError('invalid-token', `${shown(text)} is empty or not well-formed and has no token`);
  }
  let token = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    token += isPlainByte(byte) ? String.fromCharCode(byte) : `%${HEX.charAt(byte >> 4)}${HEX.charAt(byte & 15)}`;
  }
  return token;
}

/** The text a token stands for, or WireError `invalid-token` when `encodeToken` never writes it. */
export function decodeToken(token: string): string {
  const text = parseToken(token);
  if (text === undefined) throw new WireError('invalid-token', `${shown(token)} is not an encoded token`);
  return text;
}

/** Like `decodeToken`, but undefined instead of an error. */
export function parseToken(token: string): string | undefined {
  if (PLAIN.test(token)) return token;
  if (!ENCODED.test(token)) return undefined;
  const bytes = new Uint8Array(token.length);
  let length = 0;
  for (let index = 0; index < token.length; index += 1) {
    let byte = token.charCodeAt(index);
    if (byte === 0x25) {
      byte = Number.parseInt(token.slice(index + 1, index + 3), 16);
      if (isPlainByte(byte)) return undefined;
      index += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  try {
    return decoder.decode(bytes.subarray(0, length));
  } catch {
    // Not UTF-8: reported as a value.
    return undefined;
  }
}

function isPlainByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2d
  );
}
