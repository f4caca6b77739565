/**
 * The private state of an actor as the value of a record's header: a version character, then MessagePack as base64url. Holds
 * what JSON holds, and `undefined` and bytes. Dates, cycles and maps with other keys than text are refused; functions and
 * classes lose what makes them such, as in JSON.
 */
import { WireError } from './errors.ts';
import { pack, unpack } from './msgpack.ts';
import { isOneValue } from './msgpack-shape.ts';

/** Version characters in the order they will be used. */
const VERSIONS = '123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** 1: an object with names. 2: a list (libs/charger-state). */
const CURRENT = '2';
const DEPTH_MAX = 16;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Header text of a state. WireError `unencodable` for what would not come back as it went. */
export function encodeStateHeader(value: unknown): string {
  const bytes = packState(value);
  if (!isOneValue(bytes, DEPTH_MAX)) {
    throw new WireError('unencodable', 'a state holds plain data only, at most 16 levels deep');
  }
  return CURRENT + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

/** The state of a header. WireError `newer-version` or `malformed`, nothing else. */
export function decodeStateHeader(text: string): unknown {
  const version = VERSIONS.indexOf(text.charAt(0));
  if (text === '' || version < 0) throw new WireError('malformed', 'malformed state header: no version');
  if (version > VERSIONS.indexOf(CURRENT)) {
    throw new WireError(
      'newer-version',
      `state header has version ${text.charAt(0)}, this process reads up to ${CURRENT}`,
    );
  }
  const encoded = text.slice(1);
  const bytes = Buffer.from(encoded, 'base64url');
  if (!BASE64URL.test(encoded) || !isOneValue(bytes, DEPTH_MAX)) {
    throw new WireError('malformed', 'malformed state header: not one value');
  }
  try {
    return unpack(bytes);
  } catch (cause) {
    throw new WireError('malformed', 'malformed state header: cannot be unpacked', { cause });
  }
}

function packState(value: unknown): Uint8Array {
  try {
    return pack(value);
  } catch (cause) {
    throw new WireError('unencodable', 'a state holds plain data only', { cause });
  }
}
