/** What a run did, as lines for people. Pure. */
import { faultText } from './fault.ts';
import type { Outcome, SimulationOptions } from './simulate.ts';

/** Violations printed in full. */
const VIOLATIONS_SHOWN = 10;

/** The summary of one run. */
export function summary(options: SimulationOptions, outcome: Outcome, cpuMs: number): readonly string[] {
  const { load, faults, violations } = outcome;
  const kinds = new Map<string, number>();
  for (const { kind } of faults) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const virtualH = outcome.virtualMs / 3_600_000;
  return [
    `seed ${options.seed}: ${options.chargers} chargers × ${options.hours} h, ${options.edges} edges, ${options.workers} workers`,
    `load: ${load.calls} calls (${load.answered} answered, ${load.callErrors} errors, ${load.timeouts} timeouts), ${load.transactions} transactions`,
    `      ${load.records} journal records, ${load.deliveries} bus deliveries, ${load.traceLines} trace lines`,
    `counts: ${listOf(outcome.counts)}`,
    `faults: ${faults.length} (${listOf(kinds)})`,
    `time: ${virtualH.toFixed(2)} virtual hours in ${(cpuMs / 1000).toFixed(2)} s of CPU, ${((cpuMs * 1000) / Math.max(1, load.calls)).toFixed(0)} µs a call`,
    violations.length === 0 ? 'all promises kept' : `${violations.length} promises broken`,
    ...violations
      .slice(0, VIOLATIONS_SHOWN)
      .map(({ invariant, atMs, charger, text }) => `  ${invariant} at ${atMs} ms ${charger ?? ''}: ${text}`),
    `trace hash ${outcome.hash}`,
  ];
}

/** The faults of a run, one a line. */
export function faultLines(outcome: Pick<Outcome, 'faults'>): readonly string[] {
  return outcome.faults.map((fault) => `  ${faultText(fault)}`);
}

function listOf(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
