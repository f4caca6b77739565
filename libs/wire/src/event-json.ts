/** JSON of event records with integers beyond 2^53 kept: bigint on this side, digits on the other. */

/** A number that JSON.parse would round has at least 16 digits in a row. */
const LONG_DIGITS = /[0-9]{16}/;
const INTEGER = /^-?[0-9]+$/;

/** `JSON.rawJSON`, which every supported Node has and the compiler's library not yet. */
const json = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Compact JSON of an object; a bigint is written as its digits. */
export function stringifyEventJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A bigint (or a cycle, which throws again): the slow way, because a replacer costs every record otherwise.
    return JSON.stringify(value, writeDigits);
  }
}

/** Parses JSON; integers outside ±2^53 come as bigint. Throws SyntaxError. */
export function parseEventJson(text: string): unknown {
  const value: unknown = LONG_DIGITS.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  return value;
}

function writeDigits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? json.rawJSON(value.toString()) : value;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}
