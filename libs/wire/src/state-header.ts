/**
 * The private state of an actor as the value of a record's header: a version character, then JSON in printable ASCII, as a NATS header must
 * be. Versions 1 and 2, which are read and no longer written, had MessagePack as base64url: nearly twice as dear
 * either way, with four times the garbage (docs/decisions/0016-resting-state.md).
 */
import { WireError } from './errors.ts';
import { listElement } from './list-element.ts';
import { unpack } from './msgpack.ts';
import { isOneValue } from './msgpack-shape.ts';
import { printableJson } from './printable-json.ts';

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

/** Header text of a state. WireError `unencodable` for what would not come back as it went. */
export function encodeStateHeader(value: StoredValue): string {
  if (!isPlain(value, DEPTH_MAX)) {
    throw new WireError('unencodable', `a state holds plain data only, at most ${DEPTH_MAX} levels deep`);
  }
  return CURRENT + jsonOf(value);
}

/** Whether a header is of the current version: a text stands in it as `printableText` writes it. */
export function isCurrentStateHeader(header: string): boolean {
  return header.startsWith(CURRENT);
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
  if (text.startsWith(CURRENT)) return plain(read(() => JSON.parse(encoded)));
  const bytes = Buffer.from(encoded, 'base64url');
  if (!BASE64URL.test(encoded) || !isOneValue(bytes, DEPTH_MAX)) {
    throw new WireError('malformed', 'malformed state header: not one value');
  }
  return read(() => unpack(bytes));
}

/** The element at `place` of the list in a header of the current version, without the rest; undefined when it is not there. WireError `malformed`. */
export function decodeStateElement(text: string, place: number): unknown {
  const element = listElement(text, CURRENT.length, place);
  if (element === undefined) return undefined;
  return plain(read(() => JSON.parse(element)));
}

function plain(value: unknown): unknown {
  if (isPlain(value, DEPTH_MAX)) return value;
  throw new WireError('malformed', `malformed state header: more than ${DEPTH_MAX} levels deep`);
}

function read(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (cause) {
    throw new WireError('malformed', 'malformed state header: cannot be read', { cause });
  }
}

function jsonOf(value: StoredValue): string {
  try {
    return printableJson(value);
  } catch (cause) {
    throw new WireError('unencodable', 'a state holds plain data only', { cause });
  }
}

/** Whether all of it is data, lists and objects without a class, at most `depth` of these inside each other. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== 'object') return typeof value !== 'function' && value !== undefined;
  if (value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isPlain(value[index], depth - 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) if (!isPlain((value as Record<string, unknown>)[name], depth - 1)) return false;
  return true;
}
