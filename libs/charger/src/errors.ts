/**
 * Owns the errors of this package: one class, a closed list of codes. Expected protocol outcomes (a status field in an
 * answer) are values elsewhere and never end up here.
 */

/** Why an operation of the charger did not end as asked. */
export type ChargerErrorCode =
  /** No TCP or TLS connection, or the peer does not speak WebSocket. */
  | 'connect-failed'
  /** The CSMS answered the upgrade with an HTTP status other than 101; `status` and `retryAfterMs` tell more. */
  | 'handshake-refused'
  /** The link was away, or went away before the answer came. */
  | 'link-lost'
  /** No answer within the call timeout. */
  | 'call-timeout'
  /** The CSMS answered with a CALLERROR; `rpcCode` and `rpcDescription` hold it. */
  | 'call-error'
  /** The CSMS answered with a payload that its schema does not allow. */
  | 'invalid-answer'
  /** We were about to send a payload that its schema does not allow (only with strict sending on). */
  | 'invalid-request'
  /** The bounded queue of waiting calls is full. */
  | 'queue-full'
  /** The CSMS has not accepted our BootNotification, so this call may not be sent. */
  | 'not-accepted'
  /** The charger was stopped. */
  | 'stopped'
  /** The caller asked for something that this charger does not have, for instance a connector. */
  | 'unknown-part';

/** What an error can carry beside its code. */
export interface ChargerErrorDetails {
  /** HTTP status of a refused handshake. */
  readonly status?: number;
  /** Wait that the CSMS asked for in Retry-After, milliseconds. */
  readonly retryAfterMs?: number;
  /** Error code of a CALLERROR, as spelled by the CSMS. */
  readonly rpcCode?: string;
  /** Description of a CALLERROR, or of a schema violation. */
  readonly rpcDescription?: string;
  /** The underlying error. */
  readonly cause?: unknown;
}

/** True where trying again later, with nothing changed, can help. */
const RETRYABLE: ReadonlySet<ChargerErrorCode> = new Set([
  'connect-failed',
  'handshake-refused',
  'link-lost',
  'call-timeout',
  'call-error',
  'queue-full',
  'not-accepted',
]);

/** The one exception type of this package. */
export class ChargerError extends Error {
  readonly code: ChargerErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly rpcCode: string | undefined;
  readonly rpcDescription: string | undefined;

  constructor(code: ChargerErrorCode, message: string, details: ChargerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ChargerError';
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.rpcCode = details.rpcCode;
    this.rpcDescription = details.rpcDescription;
  }
}

/** Our own error as it is; anything else is a fault in this code and is thrown on. */
export function ownError(thrown: unknown): ChargerError {
  if (thrown instanceof ChargerError) return thrown;
  throw thrown;
}

/** Whatever a `Connect` threw as a `ChargerError`: links come from elsewhere. */
export function asChargerError(error: unknown): ChargerError {
  if (error instanceof ChargerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ChargerError('connect-failed', message, { cause: error });
}
