/** The figures of a run, from its log: what thresholds are held against and what the report begins with. Pure. */

import { machineShares, machineTimeSum } from './machine-time.ts';
import type { ReportParts } from './report.ts';
import type { Phase } from './run-log.ts';
import { mergedCalls, sumOf } from './run-log.ts';
import type { Figures } from './thresholds.ts';

/** Figures of the measured phases; those that concern correctness are of the whole run. */
export function figuresOf(parts: Omit<ReportParts, 'machine' | 'loadAverageAfter' | 'startedAtMs'>): Figures {
  const { log, options, sizing, journal, commands, extra, processes } = parts;
  const judged = log.phases.filter(({ isMeasured }) => isMeasured);
  const totals = log.totals();
  const calls = sumOf(judged, 'answered') + sumOf(judged, 'errors') + sumOf(judged, 'wrong');
  const seconds = judged.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
  const stalls = processes.flatMap(({ loopStallMsMax }) => (loopStallMsMax === undefined ? [] : [loopStallMsMax]));
  const optional = (name: 'servedS' | 'connectsPerSecond'): Figures => {
    const value = extra.get(name);
    return value === undefined ? {} : { [name]: value };
  };
  return {
    ...latencies(judged),
    calls,
    callsPerSecond: seconds === 0 ? 0 : calls / seconds,
    ...(journal === undefined
      ? {}
      : {
          lost: journal.lost + (commands?.lost ?? 0),
          doubled: journal.doubled + (commands?.doubled ?? 0),
          reordered: journal.reordered,
          mismatched: journal.mismatched + journal.foreign + (commands?.foreign ?? 0),
        }),
    errors: totals.errors,
    wrong: totals.wrong + totals.broken,
    timeouts: totals.timeouts,
    closes: sumOf(
      log.phases.filter(({ expectsCloses }) => !expectsCloses),
      'closes',
    ),
    skipped: sumOf(judged, 'skipped'),
    ...(options.target.length > 0 ? {} : usage(parts, judged, calls, sizing.edges)),
    ...(stalls.length === 0 ? {} : { loopStall: Math.max(...stalls) }),
    ...optional('servedS'),
    ...optional('connectsPerSecond'),
    ...(commands === undefined || commands.asked === 0 ? {} : { commandP99: commands.p99Ms }),
  };
}

function latencies(judged: readonly Phase[]): Figures {
  const [first, ...rest] = judged.map((phase) => mergedCalls(phase.latencies));
  if (first === undefined) return {};
  for (const other of rest) first.add(other);
  const disturbed = judged.map((phase) => phase.latencies.disturbed);
  const ofDisturbed = Math.max(0, ...disturbed.map((one) => (one.totalCount === 0 ? 0 : one.getValueAtPercentile(99))));
  const at = (percentile: number): number => first.getValueAtPercentile(percentile) / 1000;
  return {
    ...(first.totalCount === 0
      ? {}
      : { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: first.maxValue / 1000 }),
    ...(ofDisturbed === 0 ? {} : { disturbedP99: ofDisturbed / 1000 }),
  };
}

/** Of the seconds in which the host left the machine alone. */
function quiet(judged: readonly Phase[]): Figures {
  const [first, ...rest] = judged.map(({ quietCalls }) => quietCalls);
  const quietSeconds = judged.reduce((sum, phase) => sum + phase.quietSeconds, 0);
  if (first === undefined) return {};
  for (const other of rest) first.add(other);
  if (first.totalCount === 0) return { quietSeconds };
  const at = (percentile: number): number => first.getValueAtPercentile(percentile) / 1000;
  return { quietSeconds, quietP50: at(50), quietP99: at(99) };
}

function usage(
  { log, idle, options }: Pick<ReportParts, 'log' | 'idle' | 'options'>,
  judged: readonly Phase[],
  calls: number,
  edges: number,
): Figures {
  const cpuUs = judged.reduce((sum, { cpuUs: { edge, worker, nats } }) => sum + edge + worker + nats, 0);
  const { idlePercent, stolenPercent } = machineShares(machineTimeSum(judged.map(({ machine }) => machine)));
  const memory = log.seconds.map(
    ({ usage: { edge, worker, nats } }) => edge.memoryBytes + worker.memoryBytes + nats.memoryBytes,
  );
  const full = log.seconds.filter(
    ({ connected, usage: { edge } }) => connected === options.chargers && edge.processes === edges,
  );
  const edgeBytes = full.at(-1)?.usage.edge.memoryBytes;
  return {
    memory: Math.max(0, ...memory),
    ...(calls === 0 ? {} : { cpuPerCall: cpuUs / calls }),
    ...(edgeBytes === undefined ? {} : { edgeBytes: (edgeBytes - idle.edge.memoryBytes) / options.chargers }),
    idle: idlePercent,
    stolen: stolenPercent,
    ...quiet(judged),
  };
}
