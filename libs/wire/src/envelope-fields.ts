/**
 * What every envelope has in common: one flat MessagePack array `[version, kind, …]` with a fixed place for each field.
 *
 * Rules of the format, which let two versions of the broker run side by side:
 * 1. A place never changes its meaning within a version. New fields go to the end; a reader ignores places it does not know.
 * 2. Places hold numbers, strings, booleans and nil only.
 * 3. A change that an older reader must not guess at raises `ENVELOPE_VERSION`; a reader refuses newer ones.
 */
import { ENVELOPE_VERSION } from './envelope.ts';
import { WireError } from './errors.ts';
import { unpack } from './msgpack.ts';
import { isOneValue } from './msgpack-shape.ts';

/** The places of an envelope, version and kind included. */
export type Fields = readonly unknown[];

/** Unpacks an envelope. WireError `newer-version` or `malformed`. */
export function openEnvelope(bytes: Uint8Array): Fields {
  const header = bytes[0] ?? 0;
  const version = bytes[header === 0xdc ? 3 : 1] ?? 0;
  if ((header >> 4 !== 0x9 && header !== 0xdc) || version === 0 || version > 0x7f) throw malformed('no envelope');
  if (version > ENVELOPE_VERSION) {
    throw new WireError(
      'newer-version',
      `envelope has version ${version}, this process reads up to ${ENVELOPE_VERSION}`,
    );
  }
  if (!isOneValue(bytes, 1)) throw malformed('not one flat array');
  try {
    const fields = unpack(bytes);
    if (Array.isArray(fields)) return fields;
  } catch (cause) {
    throw new WireError('malformed', 'envelope cannot be unpacked', { cause });
  }
  throw malformed('not an array');
}

/** The error of a field that is not what its place says. */
export function malformed(what: string): WireError {
  return new WireError('malformed', `malformed envelope: ${what}`);
}

/** A string. */
export function readText(fields: Fields, place: number, name: string): string {
  const value = fields[place];
  if (typeof value !== 'string') throw malformed(`${name} is not a string`);
  return value;
}

/** A whole number from 0. */
export function readCount(fields: Fields, place: number, name: string): number {
  const value = fields[place];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw malformed(`${name} is not a count`);
  return value;
}

/** True or false. */
export function readFlag(fields: Fields, place: number, name: string): boolean {
  const value = fields[place];
  if (typeof value !== 'boolean') throw malformed(`${name} is not a boolean`);
  return value;
}

/** Milliseconds as they go on the wire: whole, not negative; a fraction is cut, so that a budget never grows on the way. */
export function wholeMs(ms: number, name: string): number {
  const whole = Math.trunc(ms);
  if (!Number.isSafeInteger(whole)) throw new WireError('unencodable', `${name} is no time: ${ms}`);
  return whole < 0 ? 0 : whole;
}
