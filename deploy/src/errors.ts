/** Errors of this package: why something could not be started, rolled, stopped, saved or restored. */

/** The closed list of codes. */
export type DeployErrorCode =
  /** Options that mean nothing, or that this machine cannot fulfil. */
  | 'bad-options'
  /** A program that is no part of the npm install is missing. */
  | 'binary-missing'
  | 'port-taken'
  /** A process ended or was not ready in time. */
  | 'not-ready'
  /** Nobody answers for the folder, or somebody does already. */
  | 'not-running'
  | 'already-running'
  /** The balancer refused an order. */
  | 'balancer-refused'
  /** The wait was given up: the set stops. */
  | 'given-up'
  /** A backup gets a folder of its own. */
  | 'folder-in-use'
  /** Unfinished, or none; and: not what was saved. */
  | 'no-backup'
  | 'damaged'
  /** Streams of NATS that are in the way, or not there. */
  | 'stream-exists'
  | 'no-stream';

/** The message is one for people: what, which, what to do. */
export class DeployError extends Error {
  readonly code: DeployErrorCode;
  readonly retryable = false;

  constructor(code: DeployErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeployError';
    this.code = code;
  }
}
