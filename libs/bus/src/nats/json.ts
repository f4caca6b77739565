/** Reading the server's JSON without trusting its shape. Codec: nothing here knows what the values mean. */

/** A JSON object of unknown shape. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** True for objects, not for arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses an object; anything else is an empty object, so that readers report the missing field. */
export function parseJsonObject(data: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The member `name` when it is an object, else an empty one. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** The member `name` when it is a number, else `otherwise`. */
export function numberIn(object: JsonObject, name: string, otherwise: number): number {
  const value = object[name];
  return typeof value === 'number' ? value : otherwise;
}

/** The member `name` when it is a string, else an empty one. */
export function stringIn(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
