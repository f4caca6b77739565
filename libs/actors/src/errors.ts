/** What can go wrong in this package. */

/** `bad-claim`: a claim in the bucket is unreadable. `claim-lost`: another worker kept winning a claim. */
export type ActorsErrorCode = 'bad-claim' | 'claim-lost';

/** An error of libs/actors. */
export class ActorsError extends Error {
  readonly code: ActorsErrorCode;
  readonly retryable: boolean;

  constructor(code: ActorsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ActorsError';
    this.code = code;
    this.retryable = code === 'claim-lost';
  }
}
