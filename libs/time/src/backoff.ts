/** How long to wait before trying again. Pure; the randomness comes in. */
import type { Random } from './random.ts';

/** Shape of a back-off. */
export interface BackoffOptions {
  /** Wait before the first retry, and the least of all waits. */
  readonly minMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** Growth per attempt, ≥ 1. */
  readonly factor: number;
  /** Share of the wait that is random, 0 (none) to 1 (anything between `minMs` and the full wait). */
  readonly jitter: number;
}

/** Wait before retry number `attempt` (0 = first): `minMs · factor^attempt`, capped at `maxMs`, with up to `jitter` of it taken off. */
export function backoffMs(attempt: number, options: BackoffOptions, random: Random): number {
  const grown = options.minMs * options.factor ** Math.max(0, attempt);
  // Infinity after many attempts is a fine cap; NaN (0 · ∞) is not.
  const full = Number.isNaN(grown) ? options.maxMs : Math.min(options.maxMs, grown);
  const reduced = full - full * options.jitter * random.next();
  return Math.min(options.maxMs, Math.max(options.minMs, reduced));
}
