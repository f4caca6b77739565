/**
 * Where a charger connects next: what a load balancer that counts connections would choose, as far as one generator sees them. Without it a
 * rolling restart would leave the last edges empty and fill the first ones to their limit, which no balancer does.
 */
import type { Random } from '@voltlane/time';

/** For how long a target that refused a dial gets no other, ms: an edge that is full or being replaced. */
const DOWN_MS = 3_000;

/** Counts the connections of this generator by target. */
export class Balancer {
  readonly #held: number[];
  readonly #downUntilMs: number[];
  readonly #random: Random;

  constructor(targets: number, random: Random) {
    this.#held = Array.from({ length: targets }, () => 0);
    this.#downUntilMs = Array.from({ length: targets }, () => 0);
    this.#random = random;
  }

  /** A dial to the target begins. */
  took(target: number): void {
    this.#held[target] = (this.#held[target] ?? 0) + 1;
  }

  /** The connection, or the dial, has ended. */
  left(target: number): void {
    this.#held[target] = (this.#held[target] ?? 0) - 1;
  }

  /** The target would not, or was not there. */
  refused(target: number, nowMs: number): void {
    this.#downUntilMs[target] = nowMs + DOWN_MS;
  }

  /** The target with the fewest connections among those that are up and not `last`; any other than `last` when none is up. */
  next(last: number, nowMs: number): number {
    const count = this.#held.length;
    if (count < 2) return last;
    // From a random one on, so that equals share.
    const start = Math.floor(this.#random.next() * count);
    let best: number | undefined;
    let other = last;
    for (let step = 0; step < count; step += 1) {
      const target = (start + step) % count;
      if (target === last) continue;
      other = target;
      if ((this.#downUntilMs[target] ?? 0) > nowMs) continue;
      if (best === undefined || (this.#held[target] ?? 0) < (this.#held[best] ?? 0)) best = target;
    }
    return best ?? other;
  }
}
