/** The one error of this package. */

/** The seed file cannot be used. `problems` says why, one sentence each. */
export class SeedFileError extends Error {
  readonly code = 'seed-file-invalid';
  readonly retryable = false;

  constructor(path: string, problems: readonly string[], options?: ErrorOptions) {
    super(
      `Seed file ${path} (VOLTLANE_SEED_FILE) is not usable:\n${problems.map((text) => `  ${text}`).join('\n')}`,
      options,
    );
    this.name = 'SeedFileError';
  }
}
