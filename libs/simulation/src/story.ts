/**
 * The shortest story of a failing run: faults are taken out as long as the same promise still breaks, then the last trace lines of
 * the charger concerned are printed with what is left.
 */
import type { Fault } from './fault.ts';
import { type Outcome, type SimulationOptions, simulate } from './simulate.ts';
import { faultLines } from './summary.ts';

/** Runs a minimisation may take. */
const RUNS_MAX = 120;

/** The story, as lines. */
export async function story(
  options: SimulationOptions,
  failed: Outcome,
  linesMax: number,
  progress: (line: string) => void,
): Promise<readonly string[]> {
  const [violation] = failed.violations;
  if (violation === undefined) return [];
  const stillFails = async (faults: readonly Fault[]): Promise<boolean> => {
    const outcome = await simulate({ ...options, faults });
    return outcome.violations.some(({ invariant }) => invariant === violation.invariant);
  };
  const faults = await minimise(failed.faults, stillFails, RUNS_MAX, progress);
  const short = await simulate({ ...options, faults });
  const charger = short.violations[0]?.charger;
  const told = await simulate({ ...options, faults, focus: { charger, linesMax } });
  const first = told.violations[0] ?? violation;
  return [
    '',
    `shortest story of seed ${options.seed}: ${faults.length} of ${failed.faults.length} faults`,
    ...faultLines({ faults }),
    `last ${told.lines.length} lines of ${charger ?? 'everything'}:`,
    ...told.lines.map((line) => `  ${line}`),
    `${first.invariant} at ${first.atMs} ms ${first.charger ?? ''}: ${first.text}`,
    `again: npm run sim -- ${flags(options)}`,
  ];
}

/** The flags that repeat a run. */
export function flags(options: SimulationOptions): string {
  const { seed, chargers, hours, edges, workers, faults, pace = 1, partitions = 16 } = options;
  const intensity = typeof faults === 'string' ? ` --faults ${faults}` : '';
  return `--seed ${seed} --chargers ${chargers} --hours ${hours} --edges ${edges} --workers ${workers} --pace ${pace} --partitions ${partitions}${intensity}`;
}

/**
 * Delta debugging (Zeller's ddmin without the subsets): takes out ever smaller chunks as long as the rest still fails. Not the
 * least list there is, but one from which no single fault can be taken, unless `runsMax` ends it before.
 */
export async function minimise<T>(
  items: readonly T[],
  stillFails: (items: readonly T[]) => Promise<boolean>,
  runsMax: number,
  progress: (line: string) => void,
): Promise<readonly T[]> {
  let kept = items;
  let runs = 0;
  if (kept.length > 0 && (await stillFails([]))) return [];
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && runs < runsMax; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      runs += 1;
      if (rest.length < kept.length && (await stillFails(rest))) {
        kept = rest;
        progress(`${kept.length} faults left after ${runs} runs`);
      } else from += size;
    }
  }
  return kept;
}
