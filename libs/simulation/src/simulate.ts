/**
 * One run from its seed to its verdict: start the nodes, let chargers live and faults happen, let it come to rest, look.
 */
import type { Fault, FaultKind } from './fault.ts';
import { type Intensity, planFaults } from './fault-plan.ts';
import { scheduleFaults } from './fault-runner.ts';
import type { Mutation } from './mutation.ts';
import type { TraceFocus } from './trace.ts';
import type { Violation } from './witnesses.ts';
import { createWorld, type World } from './world.ts';
import type { WorldSize } from './world-size.ts';

/** What to simulate. */
export interface SimulationOptions extends WorldSize {
  /** Faults of the seed at this intensity, or exactly these. */
  readonly faults: Intensity | readonly Fault[];
  /** Kinds of faults an intensity may bring; default: all. */
  readonly kinds?: readonly FaultKind[] | undefined;
  readonly mutation?: Mutation | undefined;
  readonly focus?: TraceFocus | undefined;
  /** Told after each step of virtual time. */
  readonly onProgress?: ((virtualMs: number, world: World) => void) | undefined;
}

/** What came out. */
export interface Outcome {
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly faults: readonly Fault[];
  /** Virtual time at which the run ended. */
  readonly virtualMs: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Kept lines, when there was a focus. */
  readonly lines: readonly string[];
  readonly load: Load;
}

/** What the chargers did, so that a speed means something. */
export interface Load {
  readonly calls: number;
  readonly answered: number;
  readonly callErrors: number;
  readonly timeouts: number;
  readonly transactions: number;
  readonly records: number;
  readonly deliveries: number;
  readonly traceLines: number;
}

/** Virtual time between two looks at the whole. */
const STEP_MS = 10_000;
/** Nothing goes wrong before this. */
const QUIET_START_MS = 90_000;
/** Share of the hours after which nothing begins or ends to go wrong. */
const QUIET_END = 0.95;
/** How long recovery may take: a silent socket is noticed after 150 s, a charger waits up to 3 minutes between two sendings. */
const SETTLE_MS = 600_000;

/** Runs a simulation. Ends early at the first violation. */
export async function simulate(options: SimulationOptions): Promise<Outcome> {
  const { seed, hours, edges, workers, onProgress } = options;
  const liveMs = hours * 3_600_000;
  const faults =
    typeof options.faults === 'string'
      ? planFaults({
          seed,
          intensity: options.faults,
          pace: options.pace ?? 1,
          edges,
          workers,
          kinds: options.kinds,
          fromMs: QUIET_START_MS,
          untilMs: Math.max(QUIET_START_MS, liveMs * QUIET_END),
        })
      : options.faults;
  const world = createWorld(options, { mutation: options.mutation, focus: options.focus });
  scheduleFaults(world, faults);
  const endMs = liveMs + SETTLE_MS;
  let atMs = 0;
  try {
    while (atMs < endMs && world.witnesses.violations.length === 0) {
      const stepMs = Math.min(STEP_MS, endMs - atMs);
      await world.clock.advanceAsync(stepMs);
      atMs += stepMs;
      world.witnesses.levels(world.levels());
      onProgress?.(atMs, world);
    }
    if (world.witnesses.violations.length === 0) world.witnesses.ended(world.ending());
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.witnesses.report('nothing-throws', undefined, text);
  }
  return {
    hash: world.trace.hash(),
    violations: world.witnesses.violations,
    faults,
    virtualMs: atMs,
    counts: world.counts,
    lines: world.trace.lines(),
    load: loadOf(world),
  };
}

function loadOf(world: World): Load {
  const sum = { calls: 0, answered: 0, callErrors: 0, timeouts: 0 };
  for (const { counters } of world.chargers.values()) {
    sum.calls += counters.sent;
    sum.answered += counters.answered;
    sum.callErrors += counters.callErrors;
    sum.timeouts += counters.timeouts;
  }
  return {
    ...sum,
    transactions: world.counts.get('event transaction.started') ?? 0,
    records: world.records(),
    deliveries: world.counts.get('deliveries') ?? 0,
    traceLines: world.trace.count,
  };
}
