/**
 * The report as one HTML file that needs nothing else: figures, tables and charts (uPlot, MIT, put into the file). Text that came
 * from outside is escaped, data is embedded as JSON that cannot end the script.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LoadReport, PhaseReport } from './report.ts';
import { reportText, shownFigure } from './report-text.ts';
import type { Second } from './run-log.ts';
import { FIGURES } from './thresholds.ts';

/** One chart: series over the seconds of the run. */
interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly {
    readonly label: string;
    readonly color: string;
    readonly values: readonly (number | null)[];
  }[];
}

const COLORS = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed'];
const MIB = 1_048_576;

/** The whole file. */
export function reportHtml(report: LoadReport): string {
  const { timeline } = report;
  const charts = chartsOf(timeline);
  const data = {
    at: timeline.map(({ atS }) => atS),
    charts,
    phases: report.phases.map(({ name, fromS }) => ({ name, fromS })),
  };
  const title = `${report.chargers} chargers, ${report.scenario}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Voltlane load test: ${escaped(title)}</title>
<style>${textAt(import.meta.resolve('uplot/dist/uPlot.min.css'))}
${STYLE}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="${report.passed ? 'passed' : 'failed'}">${report.passed ? 'All thresholds held.' : escaped(report.failure ?? 'Thresholds were broken.')}</p>
<p><code>${escaped(report.commandLine)}</code><br>${escaped(report.startedAt)}, commit ${escaped(report.commit)}</p>
${figureTable(report)}
<div id="charts"></div>
<h2>Phases</h2>
${latencyTables(report.phases)}
<h2>In full</h2>
<pre>${escaped(reportText(report))}</pre>
<script>${textAt(import.meta.resolve('uplot/dist/uPlot.iife.min.js'))}</script>
<script id="data" type="application/json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${DRAW}</script>
</body>
</html>
`;
}

function chartsOf(timeline: readonly Second[]): readonly Chart[] {
  const chart = (
    title: string,
    unit: string,
    series: Readonly<Record<string, (second: Second) => number | null>>,
  ): Chart => ({
    title,
    unit,
    series: Object.entries(series).map(([label, read], index) => ({
      label,
      color: COLORS[index % COLORS.length] ?? 'black',
      values: timeline.map((second) => rounded(read(second))),
    })),
  });
  const cpu = (kind: 'edge' | 'worker' | 'nats' | 'generator') => {
    const byAt = new Map(timeline.map((second, index) => [second.atS, timeline[index - 1]] as const));
    return (second: Second): number | null => {
      const before = byAt.get(second.atS);
      if (before === undefined) return null;
      const tookS = Math.max(0.001, second.atS - before.atS);
      return (second.usage[kind].cpuUs - before.usage[kind].cpuUs) / 10_000 / tookS;
    };
  };
  const memory = (kind: 'edge' | 'worker' | 'nats' | 'generator') => (second: Second) =>
    second.usage[kind].memoryBytes / MIB;
  return [
    chart('Chargers', '', {
      connected: ({ connected }) => connected,
      served: ({ served }) => served,
      charging: ({ charging }) => charging,
    }),
    chart('Calls', '/s', { answered: ({ callsPerSecond }) => callsPerSecond }),
    chart('Latency from the intended send time', 'ms', {
      p50: ({ p50Ms }) => p50Ms ?? null,
      p99: ({ p99Ms }) => p99Ms ?? null,
    }),
    chart('CPU (100 % is one core)', '%', {
      edges: cpu('edge'),
      workers: cpu('worker'),
      'nats-server': cpu('nats'),
      generators: cpu('generator'),
    }),
    chart('Processor time of the whole machine', '%', {
      idle: ({ machine }) => machine.idlePercent,
      'given to others by the host (steal)': ({ machine }) => machine.stolenPercent,
    }),
    chart('Resident memory', 'MiB', {
      edges: memory('edge'),
      workers: memory('worker'),
      'nats-server': memory('nats'),
      generators: memory('generator'),
    }),
    chart('What went wrong', '/s', {
      errors: ({ counters }) => counters.errors + counters.wrong + counters.broken + counters.timeouts,
      closes: ({ counters }) => counters.closes,
      'failed dials': ({ counters }) => counters.refused + counters.unreached,
      'skipped sends': ({ counters }) => counters.skipped,
    }),
  ];
}

function figureTable({ figures, assertions }: LoadReport): string {
  const rows = Object.entries(FIGURES).flatMap(([name, { what }]) => {
    const value = Object.entries(figures).find(([key]) => key === name)?.[1];
    if (value === undefined) return [];
    return [
      `<tr><td>${name}</td><td class="number">${escaped(shownFigure(name, value))}</td><td>${escaped(what)}</td></tr>`,
    ];
  });
  const verdicts = assertions.map(
    ({ text, holds }) =>
      `<li class="${holds ? 'passed' : 'failed'}">${escaped(text)} ${holds ? 'held' : 'broken'}</li>`,
  );
  return `<table><tr><th>figure</th><th></th><th></th></tr>${rows.join('')}</table><ul>${verdicts.join('')}</ul>`;
}

function latencyTables(phases: readonly PhaseReport[]): string {
  const cells = (values: readonly (string | number)[]): string =>
    values.map((value) => `<td class="number">${value}</td>`).join('');
  return phases
    .map((phase) => {
      const rows = Object.entries(phase.latencies).map(([name, one]) => {
        const times = [one.p50Ms, one.p90Ms, one.p99Ms, one.p999Ms, one.maxMs].map((value) => value.toFixed(1));
        return `<tr><td>${escaped(name)}</td>${cells([one.count, ...times])}</tr>`;
      });
      const head = `<tr><th>${escaped(phase.name)}, ${(phase.toS - phase.fromS).toFixed(0)} s</th><th>count</th><th>p50 ms</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th></tr>`;
      return `<table>${head}${rows.join('')}</table>`;
    })
    .join('\n');
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function textAt(url: string): string {
  return readFileSync(fileURLToPath(url), 'utf8');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; color: #1f2937; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #e5e7eb; }
.number { text-align: right; font-variant-numeric: tabular-nums; } .passed { color: #047857; } .failed { color: #b91c1c; }
pre { overflow-x: auto; font-size: 12px; background: #f9fafb; padding: 1rem; } code { overflow-wrap: anywhere; }
.chart { margin: 1.5rem 0; }`;

/** Draws the charts in the browser; a line marks the beginning of each phase. */
const DRAW = `
const { at, charts, phases } = JSON.parse(document.getElementById('data').textContent);
const place = document.getElementById('charts');
const marks = { hooks: { draw: [(chart) => {
  const { ctx, bbox } = chart;
  ctx.save(); ctx.strokeStyle = '#9ca3af'; ctx.fillStyle = '#6b7280'; ctx.font = '11px system-ui';
  for (const { name, fromS } of phases) {
    const x = Math.round(chart.valToPos(fromS, 'x', true));
    ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
    ctx.fillText(name, x + 3, bbox.top + 11);
  }
  ctx.restore();
}] } };
for (const { title, unit, series } of charts) {
  const box = document.createElement('div'); box.className = 'chart'; place.append(box);
  const shown = (_, value) => (value == null ? '–' : value + ' ' + unit);
  new uPlot({
    title, width: Math.min(980, place.clientWidth), height: 240, plugins: [marks],
    scales: { x: { time: false } },
    axes: [{ label: 's' }, { label: unit, size: 70 }],
    series: [{ label: 's' }, ...series.map(({ label, color }) => ({ label, stroke: color, width: 1.5, value: shown }))],
  }, [at, ...series.map(({ values }) => values)], box);
}`;
