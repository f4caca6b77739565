/** The one error this package rejects with. */

/** Closed list of codes of `TimeoutError`. */
export type TimeErrorCode = 'timeout';

/** A wait took longer than it was allowed to. Whether the awaited work still happens is unknown. */
export class TimeoutError extends Error {
  override readonly name: string = 'TimeoutError';
  readonly code: TimeErrorCode = 'timeout';
  /** The same wait may succeed later. */
  readonly retryable: boolean = true;
  /** What was waited for. */
  readonly what: string;
  /** The limit that was reached. */
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms`);
    this.what = what;
    this.timeoutMs = timeoutMs;
  }
}
