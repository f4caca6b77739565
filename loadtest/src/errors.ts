/** Errors of the load test: why a run could not be made. What a run finds is no error but part of its report. */

/** The closed list of codes. */
export type LoadTestErrorCode =
  /** Options that contradict each other, or that this machine cannot fulfil. */
  | 'bad-options'
  | 'no-ports'
  /** A generator or an agent failed, or is gone. */
  | 'generator-lost'
  | 'journal-unread'
  /** The chargers could not be connected or served in time. */
  | 'not-served';

/** Why a run could not be made; the message is one for people. */
export class LoadTestError extends Error {
  readonly code: LoadTestErrorCode;
  readonly retryable = false;

  constructor(code: LoadTestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoadTestError';
    this.code = code;
  }
}
