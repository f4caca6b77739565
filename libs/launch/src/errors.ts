/** The one error of this package. */

/** A single service was started without NATS; on the memory bus it could reach no other process. */
export class AloneError extends Error {
  readonly code = 'alone-on-memory-bus';
  readonly retryable = false;

  constructor(service: string) {
    super(`${service} alone needs NATS: set VOLTLANE_NATS_URL, or run everything in one process with npm start.`);
    this.name = 'AloneError';
  }
}
