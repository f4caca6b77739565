/** The report of a run: figures per kind of fault, what chargers saw, what the journal holds, the verdict. Pure. */

import type { MachineFacts } from '@voltlane/testkit';
import type { ChaosOptions } from './chaos.ts';
import type { FaultKind } from './fault-kind.ts';
import { FAULT_FACTS, FAULT_KINDS } from './fault-kind.ts';
import type { FaultOutcome } from './fault-outcome.ts';
import type { Percentiles } from './percentiles.ts';
import { percentilesOf } from './percentiles.ts';
import type { Sightings } from './tally.ts';

/** What was read at the end. */
export interface HistoryFigures {
  readonly records: number;
  readonly events: number;
  readonly sessions: number;
  readonly completed: number;
  readonly refused: number;
  readonly transactionMessages: number;
  /** Journalled calls of probes that were answered. */
  readonly acknowledged: number;
  /** Calls of probes never answered. */
  readonly unanswered: number;
  /** What the history check found wrong. */
  readonly found: number;
}

/** Everything about a run. */
export interface ChaosReport {
  readonly options: ChaosOptions;
  readonly machine: MachineFacts;
  readonly seconds: number;
  /** The load before the first fault. */
  readonly quiet: { readonly callsPerSecond: number; readonly latenciesMs: readonly number[] };
  readonly outcomes: readonly FaultOutcome[];
  readonly history: HistoryFigures;
  readonly seen: Sightings;
  readonly examples: readonly string[];
  /** Broken promises, in words. The run holds when there is none. */
  readonly problems: readonly string[];
  readonly loadAverageAfter: readonly number[];
}

/** Figures of one kind of fault over the whole run. */
export interface KindFigures {
  readonly kind: FaultKind;
  readonly faults: number;
  readonly times: Percentiles | undefined;
  readonly unserved: number;
  readonly callsPerSecond: number;
  readonly healthyAfterMsMax: number;
  readonly seen: Pick<Sightings, 'errors' | 'timeouts' | 'cut' | 'refusedDials' | 'disconnects'>;
  /** Whether p99 met its target; undefined where none is set. */
  readonly met: boolean | undefined;
}

const PROBLEMS_SHOWN = 40;

/** Figures per kind, of the kinds that came. */
export function figuresByKind(outcomes: readonly FaultOutcome[]): readonly KindFigures[] {
  return FAULT_KINDS.flatMap((kind) => {
    const own = outcomes.filter((outcome) => outcome.kind === kind);
    if (own.length === 0) return [];
    const times = percentilesOf(own.flatMap(({ timesMs }) => timesMs));
    const { targetP99Ms } = FAULT_FACTS[kind];
    const sum = (read: (outcome: FaultOutcome) => number): number =>
      own.reduce((total, outcome) => total + read(outcome), 0);
    return {
      kind,
      faults: own.length,
      times,
      unserved: sum(({ unserved }) => unserved),
      callsPerSecond: sum(({ callsPerSecond }) => callsPerSecond) / own.length,
      healthyAfterMsMax: Math.max(...own.map(({ healthyAfterMs }) => healthyAfterMs)),
      seen: {
        errors: sum(({ seen }) => seen.errors),
        timeouts: sum(({ seen }) => seen.timeouts),
        cut: sum(({ seen }) => seen.cut),
        refusedDials: sum(({ seen }) => seen.refusedDials),
        disconnects: sum(({ seen }) => seen.disconnects),
      },
      met: targetP99Ms === undefined || times === undefined ? undefined : times.p99 <= targetP99Ms,
    };
  });
}

/** The report as Markdown, which also reads well in a terminal. */
export function reportMarkdown(report: ChaosReport): string {
  const { options, machine, history, seen, problems } = report;
  const lines = [
    '# Chaos report',
    '',
    `${options.edges} edges, ${options.workers} workers, ${options.nats} NATS servers (file, R${Math.min(3, options.nats)}), ` +
      `${options.chargers} charging chargers, ${options.probes} probes at ${options.callsPerSecond} calls/s; seed ${options.seed}; ` +
      `${(report.seconds / 60).toFixed(1)} min, ${report.outcomes.length} faults.`,
    '',
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, node ${machine.node}, ${machine.natsServer}; ` +
      `load average ${machine.loadAverage.join(' ')} before, ${report.loadAverageAfter.join(' ')} after. Everything on this one machine.`,
    '',
    `Without faults: ${ofLoad(report.quiet)}.`,
    '',
    '| fault | times | n | p50 ms | p99 ms | max ms | target p99 | not served | calls/s | errors | timeouts | cut | failed dials |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...figuresByKind(report.outcomes).map(kindRow),
    '',
    ...figuresByKind(report.outcomes).map(
      ({ kind }) => `- ${kind}: ${FAULT_FACTS[kind].what}; measured ${FAULT_FACTS[kind].measure}.`,
    ),
    '',
    ...electionLines(report.outcomes),
    '`cut` counts calls that were outstanding when their socket closed; the charger sends them again.',
    '',
    `Journal: ${history.records} records, ${history.events} events. ${history.sessions} sessions (${history.completed} completed, ` +
      `${history.refused} refused before they began), ${history.transactionMessages} transaction messages, ` +
      `${history.acknowledged} other acknowledged records. ` +
      `Lost, doubled, reordered or with wrong energy: ${history.found}. Calls never answered: ${history.unanswered}.`,
    '',
    `Chargers saw: ${seen.sent} calls sent, ${seen.answered} answered, ${seen.errors} CALLERRORs, ${seen.timeouts} timeouts, ` +
      `${seen.cut} cut and sent again, ${seen.badFrames} bad frames, ${seen.discarded} discarded messages, ${seen.disconnects} disconnects.`,
    '',
  ];
  if (report.examples.length > 0) lines.push(...report.examples.map((text) => `- ${text}`), '');
  lines.push(...verdict(problems));
  return `${lines.join('\n')}\n`;
}

/** How much of the time after a death in NATS is its own election, which no client can shorten. */
function electionLines(outcomes: readonly FaultOutcome[]): readonly string[] {
  const elections = outcomes.flatMap(({ electedAfterMs, timesMs }) =>
    electedAfterMs === undefined ? [] : [{ electedAfterMs, restMs: Math.max(...timesMs) - electedAfterMs }],
  );
  if (elections.length === 0) return [];
  const elected = elections.map(({ electedAfterMs }) => electedAfterMs);
  const rest = Math.max(...elections.map(({ restMs }) => restMs));
  return [
    `NATS had elected other leaders of journal and buckets after ${Math.min(...elected)} to ${Math.max(...elected)} ms; ` +
      `the last probe was served at most ${Math.max(0, Math.round(rest))} ms after that.`,
    '',
  ];
}

function verdict(problems: readonly string[]): readonly string[] {
  if (problems.length === 0) return ['Verdict: every promise held.'];
  const more = problems.length - PROBLEMS_SHOWN;
  return [
    `Verdict: ${problems.length} broken promises.`,
    '',
    ...problems.slice(0, PROBLEMS_SHOWN).map((problem) => `- ${problem}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

function kindRow(figures: KindFigures): string {
  const { kind, times, seen } = figures;
  const ms = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(0));
  const { targetP99Ms } = FAULT_FACTS[kind];
  const target = targetP99Ms === undefined ? '–' : `${targetP99Ms} ${figures.met === true ? 'met' : 'missed'}`;
  const cells = [
    kind,
    figures.faults,
    times?.count ?? 0,
    ms(times?.p50),
    ms(times?.p99),
    ms(times?.max),
    target,
    figures.unserved,
    figures.callsPerSecond.toFixed(0),
    seen.errors,
    seen.timeouts,
    seen.cut,
    seen.refusedDials,
  ];
  return `| ${cells.join(' | ')} |`;
}

function ofLoad({ callsPerSecond, latenciesMs }: ChaosReport['quiet']): string {
  const times = percentilesOf(latenciesMs);
  const latency = times === undefined ? '' : `, p50 ${times.p50.toFixed(1)} ms, p99 ${times.p99.toFixed(1)} ms`;
  return `${callsPerSecond.toFixed(0)} calls/s answered${latency}`;
}

/** The report as JSON: figures instead of single latencies. */
export function reportJson(report: ChaosReport): string {
  const outcomes = report.outcomes.map(({ timesMs, ...outcome }) => ({ ...outcome, times: percentilesOf(timesMs) }));
  const { latenciesMs, callsPerSecond } = report.quiet;
  const quiet = { callsPerSecond, latency: percentilesOf(latenciesMs) };
  return `${JSON.stringify({ ...report, quiet, outcomes, kinds: figuresByKind(report.outcomes) }, null, 2)}\n`;
}
