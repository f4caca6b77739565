/**
 * Walks MessagePack without building anything, and says whether it is one complete value of the kinds this package writes: nil,
 * booleans, numbers, strings, binary, arrays, maps with string keys, and msgpackr's one-byte `undefined`. Lengths are checked
 * against the bytes at hand, so a header that announces four billion elements ends here.
 */

/** True when `bytes` hold exactly one value with at most `depth` arrays or maps inside each other. */
export function isOneValue(bytes: Uint8Array, depth: number): boolean {
  return bytes.length > 0 && skipValue(bytes, 0, depth) === bytes.length;
}

/** Position after the value at `at`, or -1. */
function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  const type = bytes[at];
  if (type === undefined) return -1;
  if (type <= 0x7f || type >= 0xe0) return at + 1;
  if (type <= 0x8f) return skipMap(bytes, at + 1, type & 0x0f, depth);
  if (type <= 0x9f) return skipArray(bytes, at + 1, type & 0x0f, depth);
  if (type <= 0xbf) return within(bytes, at + 1 + (type & 0x1f));
  switch (type) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return at + 1;
    case 0xcc:
    case 0xd0:
      return within(bytes, at + 2);
    case 0xcd:
    case 0xd1:
      return within(bytes, at + 3);
    case 0xca:
    case 0xce:
    case 0xd2:
      return within(bytes, at + 5);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return within(bytes, at + 9);
    case 0xd4:
      // fixext 1 of type 0 is msgpackr's undefined.
      return bytes[at + 1] === 0 && bytes[at + 2] === 0 ? at + 3 : -1;
    case 0xc4:
    case 0xd9:
      return skipSized(bytes, at + 1, 1);
    case 0xc5:
    case 0xda:
      return skipSized(bytes, at + 1, 2);
    case 0xc6:
    case 0xdb:
      return skipSized(bytes, at + 1, 4);
    case 0xdc:
      return skipArray(bytes, at + 3, uint(bytes, at + 1, 2), depth);
    case 0xdd:
      return skipArray(bytes, at + 5, uint(bytes, at + 1, 4), depth);
    case 0xde:
      return skipMap(bytes, at + 3, uint(bytes, at + 1, 2), depth);
    case 0xdf:
      return skipMap(bytes, at + 5, uint(bytes, at + 1, 4), depth);
    default:
      return -1;
  }
}

function skipArray(bytes: Uint8Array, from: number, count: number, depth: number): number {
  if (depth === 0 || count < 0 || count > bytes.length - from) return -1;
  let at = from;
  for (let index = 0; index < count; index += 1) {
    at = skipValue(bytes, at, depth - 1);
    if (at < 0) return -1;
  }
  return at;
}

function skipMap(bytes: Uint8Array, from: number, count: number, depth: number): number {
  if (depth === 0 || count < 0 || count * 2 > bytes.length - from) return -1;
  let at = from;
  for (let index = 0; index < count; index += 1) {
    if (!isString(bytes[at])) return -1;
    at = skipValue(bytes, at, 0);
    if (at < 0) return -1;
    at = skipValue(bytes, at, depth - 1);
    if (at < 0) return -1;
  }
  return at;
}

function isString(type: number | undefined): boolean {
  return type !== undefined && ((type >= 0xa0 && type <= 0xbf) || (type >= 0xd9 && type <= 0xdb));
}

function skipSized(bytes: Uint8Array, at: number, width: number): number {
  const length = uint(bytes, at, width);
  return length < 0 ? -1 : within(bytes, at + width + length);
}

function within(bytes: Uint8Array, next: number): number {
  return next <= bytes.length ? next : -1;
}

/** Big-endian number of `width` bytes, or -1 when they are not all there. */
function uint(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) return -1;
  let value = 0;
  for (let index = 0; index < width; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}
