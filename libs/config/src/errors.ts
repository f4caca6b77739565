/** The one error of this package. */

/** The configuration is unusable; `problems` lists everything that is wrong with it, one sentence each. */
export class ConfigError extends Error {
  readonly code = 'config-invalid';
  readonly retryable = false;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
