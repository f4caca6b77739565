/** The report for the terminal: a table of phases, what was checked, the verdict. Pure. */

import { PROCESS_KINDS } from './process-sampler.ts';
import type { LoadReport, PhaseReport } from './report.ts';
import type { FigureName } from './thresholds.ts';
import { FIGURES } from './thresholds.ts';

/** Lines for people. */
export function reportText(report: LoadReport): string {
  const { machine, figures } = report;
  const lines = [
    '',
    `${report.scenario}: ${report.chargers} chargers (${report.versions.join(', ')}), ${report.sizing.edges} edges, ` +
      `${report.sizing.workers} workers, ${report.sizing.generators} generators; ${report.traffic.callsPerSecond.toFixed(0)} calls/s due`,
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, node ${machine.node}, ${machine.natsServer}, ` +
      `load average ${machine.loadAverage.join(' ')} before, ${report.loadAverageAfter.join(' ')} after; commit ${report.commit}`,
    '',
    ...table([
      [
        'phase',
        's',
        'calls/s',
        'p50 ms',
        'p99 ms',
        'p99.9 ms',
        'max ms',
        'edge µs',
        'worker µs',
        'nats µs',
        'gen. µs',
        'idle %',
        'stolen %',
        'errors',
        'closes',
        'skipped',
        'missed',
      ],
      ...report.phases.map(phaseRow),
    ]),
    '',
    ...processLines(report),
    `coordinator: ${report.coordinatorCpuS.toFixed(1)} s CPU`,
    '',
    ...correctnessLines(report),
    '',
    ...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(18)} ${shownFigure(name, value)}`),
    '',
    ...(report.failure === undefined ? [] : [`FAILED ${report.failure}`]),
    ...report.assertions.map(
      ({ text, actual, holds }) =>
        `${holds ? 'held  ' : 'BROKEN'} ${text}${holds ? '' : `: ${actual === undefined ? 'the run has no such figure' : actual.toFixed(3)}`}`,
    ),
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** A figure with its unit. */
export function shownFigure(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  const unit = isFigure(name) ? FIGURES[name].unit : '';
  if (unit === 'bytes') return value >= 1e6 ? `${(value / 1_048_576).toFixed(0)} MiB` : `${value.toFixed(0)} bytes`;
  const digits = Number.isInteger(value) ? 0 : value >= 100 ? 0 : 2;
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit === 'us' ? 'µs' : unit}`}`;
}

function phaseRow(phase: PhaseReport): readonly string[] {
  const { counters, cpuUsPerCall, latencies, machine } = phase;
  const calls = mergedLine(latencies);
  const cpu = (value: number): string => (phase.callsPerSecond === 0 ? '–' : value.toFixed(0));
  return [
    `${phase.name}${phase.isMeasured ? '' : ' *'}`,
    (phase.toS - phase.fromS).toFixed(0),
    phase.callsPerSecond.toFixed(0),
    ...calls,
    cpu(cpuUsPerCall.edge),
    cpu(cpuUsPerCall.worker),
    cpu(cpuUsPerCall.nats),
    cpu(cpuUsPerCall.generator),
    machine.idlePercent.toFixed(0),
    machine.stolenPercent.toFixed(1),
    String(counters.errors + counters.wrong + counters.broken + counters.timeouts),
    String(counters.closes + counters.slowCloses),
    String(counters.skipped),
    String(counters.missed),
  ];
}

function mergedLine({ calls }: PhaseReport['latencies']): readonly string[] {
  if (calls === undefined) return ['–', '–', '–', '–'];
  return [calls.p50Ms, calls.p99Ms, calls.p999Ms, calls.maxMs].map((value) => value.toFixed(1));
}

function processLines({ processes, timeline }: LoadReport): readonly string[] {
  const last = timeline.at(-1)?.atS ?? 1;
  return PROCESS_KINDS.flatMap((kind) => {
    const own = processes.filter((process) => process.kind === kind);
    if (own.length === 0) return [];
    const memory = Math.max(...timeline.map(({ usage }) => usage[kind].memoryBytes)) / 1_048_576;
    const cpuS = own.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / 1e6;
    const stalls = own.flatMap(({ loopStallMsMax }) => (loopStallMsMax === undefined ? [] : [loopStallMsMax]));
    const stall = stalls.length === 0 ? '' : `, longest loop stall ${Math.max(...stalls).toFixed(0)} ms`;
    const heaps = own.flatMap(({ heapUsedBytes }) => (heapUsedBytes === undefined ? [] : [heapUsedBytes]));
    const heap =
      heaps.length === 0
        ? ''
        : `, heap in use ${(heaps.reduce((sum, bytes) => sum + bytes, 0) / 1_048_576).toFixed(0)} MiB`;
    return [
      `${own.length} × ${kind}: ${memory.toFixed(0)} MiB at most, ${cpuS.toFixed(1)} s CPU (${((cpuS / last) * 100).toFixed(0)} % of a core)${heap}${stall}`,
    ];
  });
}

function correctnessLines({ journal, commands, closeCodes, errorCodes }: LoadReport): readonly string[] {
  const lines: string[] = [];
  if (journal === undefined) lines.push('The journal was not read.');
  else {
    lines.push(
      `Journal against chargers: ${journal.records} records of ${journal.answered} answered and ${journal.uncertain} other calls, ` +
        `${journal.started} sessions started, ${journal.ended} ended. Lost ${journal.lost}, doubled ${journal.doubled}, ` +
        `reordered ${journal.reordered}, mismatched ${journal.mismatched}, foreign ${journal.foreign}.`,
      ...journal.examples.map((text) => `  ${text}`),
    );
  }
  if (commands !== undefined && commands.asked > 0) {
    lines.push(
      `Commands: ${commands.asked} asked, ${codes(commands.outcomes)}; p50 ${commands.p50Ms.toFixed(1)} ms, p99 ${commands.p99Ms.toFixed(1)} ms; ` +
        `lost ${commands.lost}, doubled ${commands.doubled}, foreign ${commands.foreign}, skipped ${commands.skipped}.`,
    );
  }
  if (Object.keys(closeCodes).length > 0) lines.push(`Closes by code: ${codes(closeCodes)}.`);
  if (Object.keys(errorCodes).length > 0) lines.push(`Errors and failed dials: ${codes(errorCodes)}.`);
  return lines;
}

function codes(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([code, count]) => `${count} × ${code}`)
    .join(', ');
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function isFigure(name: string): name is FigureName {
  return Object.hasOwn(FIGURES, name);
}
