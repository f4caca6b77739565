/**
 * Open-loop load of commands: each is due at a fixed time, whether or not earlier ones have their outcome. Latency counts from the time
 * a command was due to its outcome in the hands of the backend, the charger's own time included.
 */
import type { Clock } from '@voltlane/time';
import type { Histogram } from 'hdr-histogram-js';
import { build } from 'hdr-histogram-js';

/** What to send and how fast. */
export interface CommandPlan {
  readonly commandsPerSecond: number;
  readonly seconds: number;
  /** Asks for the n-th command; resolves to its outcome, or to the code of its refusal. */
  readonly ask: (n: number) => Promise<string>;
}

/** What came of it. */
export interface CommandResult {
  readonly due: number;
  /** How many ended how. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Latency of those that were accepted, µs. */
  readonly latencyUs: Histogram;
  readonly elapsedMs: number;
}

const TICK_MS = 1;

/** Runs one plan; resolves when everything asked for is answered. */
export async function runCommands(clock: Clock, plan: CommandPlan): Promise<CommandResult> {
  const latencyUs = build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    numberOfSignificantValueDigits: 3,
  });
  const total = Math.round(plan.commandsPerSecond * plan.seconds);
  const stepMs = 1000 / plan.commandsPerSecond;
  const outcomes = new Map<string, number>();
  const asked: Promise<void>[] = [];
  const startMs = clock.monotonicMs();

  const one = async (n: number): Promise<void> => {
    const outcome = await plan.ask(n).catch((cause: unknown) => (cause instanceof Error ? cause.message : 'failed'));
    if (outcome === 'accepted') {
      latencyUs.recordValue(Math.max(1, Math.round((clock.monotonicMs() - startMs - n * stepMs) * 1000)));
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  };
  await new Promise<void>((resolve) => {
    const cancel = clock.every(TICK_MS, () => {
      const elapsedMs = clock.monotonicMs() - startMs;
      while (asked.length < total && asked.length * stepMs <= elapsedMs) asked.push(one(asked.length));
      if (asked.length < total) return;
      cancel();
      resolve();
    });
  });
  await Promise.all(asked);
  return { due: total, outcomes, latencyUs, elapsedMs: clock.monotonicMs() - startMs };
}
