/**
 * JSON as chargers need it: integers outside ±2^53 survive as bigint (some send 9223372036854775807 as transactionId), nesting is
 * bounded so that nothing that walks a payload can overflow the stack. `__proto__` is an ordinary key, duplicate keys: last wins.
 */

/** A JSON object of unknown content. */
export type JsonObject = { readonly [name: string]: unknown };

/** Deepest nesting accepted; the deepest OCPP payload (2.1 SetChargingProfile) has 9 levels. */
export const JSON_DEPTH_MAX = 64;

/** Longest integer accepted, in characters. Far above 64-bit; BigInt parsing of megabytes of digits is not our business. */
const INTEGER_LENGTH_MAX = 128;

/** Text that is not JSON, or not JSON within the limits. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code: 'malformed' | 'too-deep' | 'number-out-of-range';
  readonly retryable = false;
  constructor(code: 'malformed' | 'too-deep' | 'number-out-of-range', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
// TypeScript's library does not know the source text argument and rawJSON yet (Node 22 and newer have both).
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const rawJson = (JSON as unknown as { rawJSON(this: void, text: string): unknown }).rawJSON;

const BIG_NUMBERS = 1;
const TOO_DEEP = 2;

/** Parses JSON text; integers outside ±2^53 become bigint. Throws JsonError. */
export function parseJson(text: string): unknown {
  const found = scan(text);
  if (found === TOO_DEEP) throw new JsonError('too-deep', `JSON is nested deeper than ${JSON_DEPTH_MAX} levels`);
  try {
    return found === BIG_NUMBERS ? parseWithSource(text, reviveBigIntegers) : JSON.parse(text);
  } catch (cause) {
    if (cause instanceof JsonError) throw cause;
    throw new JsonError('malformed', 'text is not JSON', { cause });
  }
}

/** Writes JSON text, bigint as its digits. The value must be JSON: what JSON.stringify would leave out altogether throws TypeError. */
export function stringifyJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Either a bigint inside, which this writes, or a cycle, which throws again.
    text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? rawJson(item.toString()) : item));
  }
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reviveBigIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context.source ?? '';
  if (/^-?\d+$/.test(source) && source.length <= INTEGER_LENGTH_MAX) return BigInt(source);
  if (!Number.isFinite(value) || source.length > INTEGER_LENGTH_MAX)
    throw new JsonError('number-out-of-range', `number of ${source.length} characters is out of range`);
  return value;
}

/**
 * One pass outside of strings: depth, and whether any number could lose digits (16 digits in a row) or overflow (an exponent).
 * Strings are skipped by indexOf; a closing quote is one behind an even number of backslashes.
 */
function scan(text: string): number {
  let depth = 0;
  let digits = 0;
  let found = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 48 && unit <= 57) {
      if (++digits === 16) found = BIG_NUMBERS;
      continue;
    }
    if (unit === 34) {
      do {
        at = text.indexOf('"', at + 1);
        if (at < 0) return found;
      } while (isEscaped(text, at));
    } else if (unit === 123 || unit === 91) {
      if (++depth > JSON_DEPTH_MAX) return TOO_DEEP;
    } else if (unit === 125 || unit === 93) depth--;
    else if ((unit === 101 || unit === 69) && digits > 0) found = BIG_NUMBERS;
    digits = 0;
  }
  return found;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 92) backslashes++;
  return backslashes % 2 === 1;
}
