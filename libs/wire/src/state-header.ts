/**
 * The private state of an actor as the value of a record's header: a version character, then JSON in printable ASCII, as a NATS header must
 * be. Versions 1 and 2, which are read and no longer written, had MessagePack as base64url: nearly twice as dear
 * either way, with four times the garbage (docs/decisions/0016-resting-state.md).
 */
import { WireError } from './errors.ts';
import { unpack } from './msgpack.ts';
import { isOneValue } from './msgpack-shape.ts';

/** What comes back from a header as it went: what JSON holds. Negative zero becomes zero. */
export type StoredValue =
  | null
  | boolean
  | number
  | string
  | readonly StoredValue[]
  | { readonly [name: string]: StoredValue };

/** Version characters in the order they will be used. */
const VERSIONS = '123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** 1: an object with names. 2: a list (libs/charger-state). 3: a list, as JSON. */
const CURRENT = '3';
const DEPTH_MAX = 16;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** What JSON leaves as it is and a header must not have. */
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/;

/** Header text of a state. WireError `unencodable` for what JSON cannot hold at all. */
export function encodeStateHeader(value: StoredValue): string {
  const text = CURRENT + jsonOf(value);
  return NOT_PRINTABLE_ASCII.test(text) ? text.replaceAll(/[^\x20-\x7e]/g, escaped) : text;
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
  if (text.startsWith(CURRENT)) {
    return read(() => JSON.parse(encoded));
  }
  const bytes = Buffer.from(encoded, 'base64url');
  if (!BASE64URL.test(encoded) || !isOneValue(bytes, DEPTH_MAX)) {
    throw new WireError('malformed', 'malformed state header: not one value');
  }
  return read(() => unpack(bytes));
}

function read(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    throw new WireError('malformed', 'malformed state header: cannot be read', { cause });
  }
}

function jsonOf(value: StoredValue): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new WireError('unencodable', 'a state holds plain data only', { cause });
  }
  if (text === undefined) throw new WireError('unencodable', 'a state holds plain data only');
  return text;
}

/** One UTF-16 unit, as JSON writes it. */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
