/** The one error of backup and restore. */

/** `folder-in-use`: not empty. `no-backup`: unfinished, or none. `damaged`: not what was saved. `stream-exists`, `no-stream`: in NATS. */
export type BackupErrorCode = 'folder-in-use' | 'no-backup' | 'damaged' | 'stream-exists' | 'no-stream';

/** What a person can act on; the message says it in a sentence. */
export class BackupError extends Error {
  override readonly name: string = 'BackupError';
  readonly code: BackupErrorCode;

  constructor(code: BackupErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
