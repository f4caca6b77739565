/** What this package throws: a name that breaks the rules of identities and subjects, or bytes that are no envelope. */

/**
 * Closed list of codes.
 * - `malformed`: the bytes or the text are not what this version writes.
 * - `newer-version`: written by a newer version of the broker; refuse the message and count it.
 * - `unencodable`: the value has no form on the wire.
 * - the rest: a name, an id or a number outside its rules.
 */
export const WIRE_ERROR_CODES = [
  'malformed',
  'newer-version',
  'unencodable',
  'invalid-tenant',
  'invalid-charger-id',
  'invalid-token',
  'invalid-partition',
  'invalid-epoch',
  'invalid-edge-id',
  'invalid-worker-id',
  'invalid-session-id',
  'invalid-trace-id',
  'invalid-action',
  'invalid-prefix',
] as const;

/** One of `WIRE_ERROR_CODES`. */
export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number];

/** Never retryable: the same input fails again. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
  readonly code: WireErrorCode;
  readonly retryable: boolean = false;

  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const SHOWN_CHARS_MAX = 80;

/** A rejected value as it may stand in a message: quoted, shortened, without control characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
