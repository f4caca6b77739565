/**
 * The door to msgpackr: plain MessagePack, no record structures, no extension but msgpackr's `undefined`. Bytes are walked by
 * `msgpack-shape.ts` before msgpackr sees them, so hostile input costs one pass and allocates nothing.
 */
import { Packr } from 'msgpackr';

const packr: Packr = new Packr({ useRecords: false, mapsAsObjects: true, variableMapSize: true });

/** Bytes of a value. They share a pooled buffer with other messages; msgpackr never writes over them. */
export function pack(value: unknown): Uint8Array {
  return packr.pack(value);
}

/** The value of bytes whose shape was checked before. */
export function unpack(bytes: Uint8Array): unknown {
  const value: unknown = packr.unpack(bytes);
  return value;
}
