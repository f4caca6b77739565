/** What can go wrong in a worker. */

/**
 * `append-conflict`: another writer appended to the charger's subject first; what was decided on the old state is void.
 * `not-owner`: the partition went to another worker while a message was in hand.
 */
export type WorkerErrorCode = 'append-conflict' | 'not-owner';

/** An error of the worker. */
export class WorkerError extends Error {
  readonly code: WorkerErrorCode;
  readonly retryable: boolean;

  constructor(code: WorkerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WorkerError';
    this.code = code;
    this.retryable = code === 'append-conflict';
  }
}
