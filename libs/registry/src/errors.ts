/** The one error of this package. What the bus rejects with passes through as it is: see its `retryable`. */

/**
 * Closed list of codes.
 * - `partitions-mismatch`: this process is configured with another partition count than the cluster was created with.
 * - `invalid-record`: a charger, a token or the settings break a rule; the message names the field.
 * - `newer-version`: written by a newer version of the broker.
 * - `full`: there are as many API keys as there may be.
 * - `contended`: another process kept writing the same key; trying again can help.
 */
export const REGISTRY_ERROR_CODES = [
  'partitions-mismatch',
  'invalid-record',
  'newer-version',
  'full',
  'contended',
] as const;

/** One of `REGISTRY_ERROR_CODES`. */
export type RegistryErrorCode = (typeof REGISTRY_ERROR_CODES)[number];

/** What this package throws. */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  readonly code: RegistryErrorCode;
  /** The same call may succeed later. */
  readonly retryable: boolean;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'contended';
  }
}
