/**
 * How cost grows with the fleet: reports of runs of different sizes, as rows and as one picture. Drawn by ECharts (Apache-2.0), which
 * makes SVG without a browser. Pure.
 */
import { type EChartsOption, init } from 'echarts';
import type { LoadReport, PhaseReport } from './report.ts';

/** What is read of the report of a run. */
export type GrowthReport = Pick<LoadReport, 'chargers' | 'sizing' | 'figures'> & {
  readonly timeline: readonly { readonly usage: Readonly<Record<ServerKind, { readonly memoryBytes: number }>> }[];
  readonly phases: readonly Pick<PhaseReport, 'isMeasured' | 'fromS' | 'toS' | 'callsPerSecond' | 'cpuUsPerCall'>[];
};

/** What one run says about its size: the measured phases together. */
export interface GrowthRow {
  readonly chargers: number;
  /** Edges, workers. */
  readonly processes: string;
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Cores used by kind of process. */
  readonly cores: Readonly<Record<Kind, number>>;
  /** Most memory by kind, bytes; generators are not the broker's. */
  readonly bytes: Readonly<Record<ServerKind, number>>;
  readonly cpuUsPerCall: number;
}

const SERVER_KINDS = ['edge', 'worker', 'nats'] as const;
type ServerKind = (typeof SERVER_KINDS)[number];
type Kind = ServerKind | 'generator';

const MIB = 1_048_576;
const WIDTH = 960;
const HEIGHT = 720;
const COLORS: Readonly<Record<Kind | 'calls' | 'p50' | 'p99', string>> = {
  edge: '#2563eb',
  worker: '#059669',
  nats: '#d97706',
  generator: '#94a3b8',
  calls: '#0f172a',
  p50: '#7c3aed',
  p99: '#dc2626',
};

/** The rows of some reports, smallest fleet first. */
export function growthRows(reports: readonly GrowthReport[]): readonly GrowthRow[] {
  return reports.map(rowOf).toSorted((a, b) => a.chargers - b.chargers);
}

function rowOf(report: GrowthReport): GrowthRow {
  const { figures, sizing, chargers, timeline } = report;
  const { callsPerSecond = 0, p50 = 0, p99 = 0, cpuPerCall = 0 } = figures;
  const cores = (kind: Kind): number => {
    const measured = report.phases.filter(({ isMeasured }) => isMeasured);
    const seconds = sum(measured.map(({ fromS, toS }) => toS - fromS));
    const us = sum(
      measured.map((phase) => phase.cpuUsPerCall[kind] * phase.callsPerSecond * (phase.toS - phase.fromS)),
    );
    return us / seconds / 1_000_000;
  };
  const bytes = (kind: ServerKind): number => Math.max(...timeline.map(({ usage }) => usage[kind].memoryBytes));
  return {
    chargers,
    processes: `${sizing.edges}, ${sizing.workers}`,
    callsPerSecond,
    p50Ms: p50,
    p99Ms: p99,
    cores: { edge: cores('edge'), worker: cores('worker'), nats: cores('nats'), generator: cores('generator') },
    bytes: { edge: bytes('edge'), worker: bytes('worker'), nats: bytes('nats') },
    cpuUsPerCall: cpuPerCall,
  };
}

/** The rows as a Markdown table. */
export function growthTable(rows: readonly GrowthRow[]): string {
  const head = [
    '| chargers | edges, workers | calls/s | p50, p99 ms | µs CPU a call | cores: edges, workers, nats-server, generators | MiB: edges, workers, nats-server |',
    '|---|---|---|---|---|---|---|',
  ];
  const lines = rows.map(({ chargers, processes, callsPerSecond, p50Ms, p99Ms, cores, bytes, cpuUsPerCall }) => {
    const used = [cores.edge, cores.worker, cores.nats, cores.generator].map((value) => value.toFixed(2)).join(', ');
    const memory = SERVER_KINDS.map((kind) => (bytes[kind] / MIB).toFixed(0)).join(', ');
    const latency = `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)}`;
    return `| ${chargers.toLocaleString('en')} | ${processes} | ${callsPerSecond.toFixed(0)} | ${latency} | ${cpuUsPerCall.toFixed(0)} | ${used} | ${memory} |`;
  });
  return [...head, ...lines].join('\n');
}

/** The rows as an SVG image: calls, cores, memory and latency over the number of chargers. */
export function growthSvg(rows: readonly GrowthRow[], title: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(optionOf(rows, title));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

interface Panel {
  readonly title: string;
  /** Points beneath each other add up. */
  readonly stacked: boolean;
  readonly lines: readonly { readonly name: string; readonly color: string; readonly of: (row: GrowthRow) => number }[];
}

const PANELS: readonly Panel[] = [
  {
    title: 'calls answered per second',
    stacked: false,
    lines: [{ name: 'calls/s', color: COLORS.calls, of: (row) => row.callsPerSecond }],
  },
  {
    title: 'CPU, cores',
    stacked: true,
    lines: (['edge', 'worker', 'nats', 'generator'] as const).map((kind) => ({
      name: kind,
      color: COLORS[kind],
      of: (row) => row.cores[kind],
    })),
  },
  {
    title: 'resident memory, MiB',
    stacked: true,
    lines: SERVER_KINDS.map((kind) => ({ name: kind, color: COLORS[kind], of: (row) => row.bytes[kind] / MIB })),
  },
  {
    title: 'latency from the intended send time, ms',
    stacked: false,
    lines: [
      { name: 'p50', color: COLORS.p50, of: (row) => row.p50Ms },
      { name: 'p99', color: COLORS.p99, of: (row) => row.p99Ms },
    ],
  },
];

function optionOf(rows: readonly GrowthRow[], title: string): EChartsOption {
  const place = (at: number): { left: string; top: string } => ({
    left: at % 2 === 0 ? '6%' : '55%',
    top: at < 2 ? '14%' : '58%',
  });
  return {
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      { text: title, left: 'center', top: 8, textStyle: { fontSize: 16 } },
      ...PANELS.map((panel, at) => ({
        text: panel.title,
        ...place(at),
        top: at < 2 ? '8%' : '52%',
        textStyle: { fontSize: 12, fontWeight: 'normal' as const },
      })),
    ],
    legend: { bottom: 4, data: ['edge', 'worker', 'nats', 'generator', 'p50', 'p99'] },
    grid: PANELS.map((_, at) => ({ ...place(at), width: '40%', height: '30%' })),
    xAxis: PANELS.map((_, gridIndex) => ({
      gridIndex,
      type: 'value' as const,
      min: 0,
      name: 'chargers',
      nameLocation: 'middle' as const,
      nameGap: 24,
    })),
    yAxis: PANELS.map((_, gridIndex) => ({ gridIndex, type: 'value' as const, min: 0 })),
    series: PANELS.flatMap((panel, at) =>
      panel.lines.map(({ name, color, of }) => ({
        type: 'line' as const,
        name,
        xAxisIndex: at,
        yAxisIndex: at,
        color,
        symbolSize: 6,
        ...(panel.stacked ? { stack: panel.title, areaStyle: { opacity: 0.25 } } : {}),
        data: rows.map((row) => [row.chargers, of(row)]),
      })),
    ),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
