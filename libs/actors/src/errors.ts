/** What can go wrong in this package. */

/** `bad-claim`: a claim in the bucket is unreadable. */
export type ActorsErrorCode = 'bad-claim';

/** An error of libs/actors. */
export class ActorsError extends Error {
  readonly code: ActorsErrorCode;
  readonly retryable: boolean = false;

  constructor(code: ActorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ActorsError';
    this.code = code;
  }
}
