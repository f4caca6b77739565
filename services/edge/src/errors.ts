/** The one error of this service: start-up that cannot go on. What chargers do wrong is a value, never an error. */

/** Every code. */
export const EDGE_ERROR_CODES = ['listen-failed', 'frame-above-bus-limit'] as const;

/** One of `EDGE_ERROR_CODES`. */
export type EdgeErrorCode = (typeof EDGE_ERROR_CODES)[number];

/** Thrown by `startEdge`. */
export class EdgeError extends Error {
  override readonly name: string = 'EdgeError';
  readonly code: EdgeErrorCode;
  readonly retryable: boolean = false;

  constructor(code: EdgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
