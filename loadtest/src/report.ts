/** The report of a run as data: figures, phases, seconds, processes, correctness, verdict. Pure but for asking what was checked out. */

import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import type { MachineFacts } from '@voltlane/testkit';
import type { Histogram } from 'hdr-histogram-js';
import type { CommandFigures } from './command-burst.ts';
import type { Counters, LatencyName } from './generator/plan.ts';
import { LATENCIES } from './generator/plan.ts';
import type { JournalFigures } from './journal-check.ts';
import type { MachineShares } from './machine-time.ts';
import { machineShares } from './machine-time.ts';
import type { LoadTestOptions } from './options.ts';
import type { ProcessFigures } from './process-sampler.ts';
import { figuresOf } from './run-figures.ts';
import type { Phase, RunLog, Second, Usage } from './run-log.ts';
import { mergedCalls } from './run-log.ts';
import type { Sizing } from './sizing.ts';
import type { AssertionResult, Figures } from './thresholds.ts';
import { checkAssertions } from './thresholds.ts';
import { callsPerSecond } from './traffic.ts';

/** Percentiles of one latency, ms. */
export interface LatencyFigures {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** A phase in figures. */
export interface PhaseReport {
  readonly name: string;
  readonly isMeasured: boolean;
  readonly fromS: number;
  readonly toS: number;
  readonly counters: Counters;
  readonly callsPerSecond: number;
  /** `calls`: all calls of chargers that were connected all the time and are not slow themselves. */
  readonly latencies: Partial<Record<LatencyName | 'calls', LatencyFigures>>;
  /** CPU by kind of process per answered call, µs. */
  readonly cpuUsPerCall: Readonly<Record<'edge' | 'worker' | 'nats' | 'generator', number>>;
  readonly machine: MachineShares;
}

/** The report. */
export interface LoadReport {
  readonly commandLine: string;
  readonly commit: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: MachineFacts;
  readonly loadAverageAfter: readonly number[];
  readonly scenario: string;
  readonly chargers: number;
  readonly sizing: Pick<Sizing, 'edges' | 'workers' | 'generators'>;
  readonly traffic: { readonly callsPerSecond: number } & LoadTestOptions['traffic'];
  readonly versions: readonly string[];
  readonly figures: Figures;
  readonly assertions: readonly AssertionResult[];
  /** Why the scenario could not be played to its end. */
  readonly failure: string | undefined;
  readonly passed: boolean;
  readonly phases: readonly PhaseReport[];
  readonly journal: JournalFigures | undefined;
  readonly commands: CommandFigures | undefined;
  readonly closeCodes: Readonly<Record<string, number>>;
  readonly errorCodes: Readonly<Record<string, number>>;
  readonly processes: readonly ProcessFigures[];
  /** CPU of the coordinator until the traffic ended. */
  readonly coordinatorCpuS: number;
  /** Counters of edges and workers at the end that are not 0, summed over the processes of a kind. */
  readonly serverCounters: Readonly<Record<string, number>>;
  readonly timeline: readonly Second[];
}

/** What a report is made of. */
export interface ReportParts {
  readonly options: LoadTestOptions;
  readonly sizing: Sizing;
  readonly machine: MachineFacts;
  readonly loadAverageAfter: readonly number[];
  readonly startedAtMs: number;
  readonly log: RunLog;
  readonly processes: readonly ProcessFigures[];
  /** Before the first charger came. */
  readonly idle: Usage;
  readonly journal: JournalFigures | undefined;
  readonly commands: CommandFigures | undefined;
  readonly extra: ReadonlyMap<string, number>;
  readonly failure: string | undefined;
  readonly coordinatorCpuS: number;
  readonly serverCounters: Readonly<Record<string, number>>;
}

/** Puts it together. */
export function buildReport(parts: ReportParts): LoadReport {
  const { options, sizing, log, journal, commands, processes } = parts;
  const figures = figuresOf(parts);
  const assertions = checkAssertions(figures, options.assertions);
  const { edges, workers, generators } = sizing;
  return {
    commandLine: options.commandLine,
    commit: commitOfSources(),
    startedAt: new Date(parts.startedAtMs).toISOString(),
    seconds: log.seconds.at(-1)?.atS ?? 0,
    machine: parts.machine,
    loadAverageAfter: parts.loadAverageAfter,
    scenario: options.scenario.name,
    chargers: options.chargers,
    sizing: { edges, workers, generators },
    traffic: { callsPerSecond: callsPerSecond(options.traffic, options.chargers), ...options.traffic },
    versions: options.versions,
    figures,
    assertions,
    failure: parts.failure,
    passed: parts.failure === undefined && assertions.every(({ holds }) => holds),
    phases: log.phases.map(phaseReport),
    journal,
    commands,
    closeCodes: log.codes('closeCodes'),
    errorCodes: log.codes('errorCodes'),
    processes,
    coordinatorCpuS: parts.coordinatorCpuS,
    serverCounters: parts.serverCounters,
    timeline: log.seconds,
  };
}

/** Percentiles of a histogram of µs. */
export function latencyFigures(histogram: Histogram): LatencyFigures {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1000;
  return {
    count: histogram.totalCount,
    p50Ms: at(50),
    p90Ms: at(90),
    p99Ms: at(99),
    p999Ms: at(99.9),
    maxMs: histogram.maxValue / 1000,
  };
}

/** Load average of the machine, two digits. */
export function loadAverage(): readonly number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}

/** Answers of a phase, right or not. */
export function answersOf({ counters }: Pick<Phase, 'counters'>): number {
  return counters.answered + counters.errors + counters.wrong;
}

function phaseReport(phase: Phase): PhaseReport {
  const latencies: Partial<Record<LatencyName | 'calls', LatencyFigures>> = {};
  const calls = mergedCalls(phase.latencies);
  if (calls.totalCount > 0) latencies.calls = latencyFigures(calls);
  for (const name of LATENCIES) {
    if (phase.latencies[name].totalCount > 0) latencies[name] = latencyFigures(phase.latencies[name]);
  }
  const answers = Math.max(1, answersOf(phase));
  const { edge, worker, nats, generator } = phase.cpuUs;
  return {
    name: phase.name,
    isMeasured: phase.isMeasured,
    fromS: phase.fromS,
    toS: phase.toS,
    counters: phase.counters,
    callsPerSecond: answersOf(phase) / Math.max(0.001, phase.toS - phase.fromS),
    latencies,
    cpuUsPerCall: {
      edge: edge / answers,
      worker: worker / answers,
      nats: nats / answers,
      generator: generator / answers,
    },
    machine: machineShares(phase.machine),
  };
}

function commitOfSources(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain') === '' ? '' : ' with changes';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed}`;
  } catch {
    // Not a checkout: a container, for instance.
    return 'unknown';
  }
}
