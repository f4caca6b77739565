/** The one error of this package: a closed list of codes and whether trying again can help. */

/** Every code, with whether the same call may succeed later. */
const RETRYABLE = {
  /** No answer in time; a write may or may not have happened. */
  timeout: true,
  /** The connection went away, or is away; a write under way may or may not have happened. */
  disconnected: true,
  /** Nobody listens on the subject of a request. */
  'no-responders': true,
  /** Too many calls are pending on this connection; nothing was sent. */
  overloaded: true,
  /** The store is there but cannot serve now (no leader, out of resources). */
  unavailable: true,
  /** The connection was closed by its owner. */
  closed: false,
  /** The servers refused the credentials, or they lack a permission. */
  'not-authorized': false,
  /** No server could be reached at the first connect. */
  'connect-failed': true,
  /** The server has no JetStream. */
  'no-jetstream': false,
  /** A stream exists with settings other than the ones asked for. */
  'config-mismatch': false,
  /** A subject, key, name or header that the bus cannot carry. */
  'bad-subject': false,
  /** Larger than the bus or the bucket takes. */
  'too-large': false,
  /** The server refused for a reason we do not know. */
  rejected: false,
} as const;

/** Closed list of codes. */
export type BusErrorCode = keyof typeof RETRYABLE;

/** All codes, for documentation and metrics. */
export const BUS_ERROR_CODES: readonly string[] = Object.keys(RETRYABLE);

/** What the bus rejects or throws with. */
export class BusError extends Error {
  override readonly name: string = 'BusError';
  readonly code: BusErrorCode;
  /** The same call may succeed later. For a write that ended `timeout` or `disconnected`, look before trying again. */
  readonly retryable: boolean;

  constructor(code: BusErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = RETRYABLE[code];
  }
}

/** True for a BusError with one of `codes`; any BusError when none are given. */
export function isBusError(error: unknown, ...codes: readonly BusErrorCode[]): error is BusError {
  return error instanceof BusError && (codes.length === 0 || codes.includes(error.code));
}

/** Where errors of handlers go. */
export type OnHandlerError = (error: unknown, subject: string) => void;

/** The default: a handler that throws is a bug, and a bug ends the process. */
export function crashOnHandlerError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
