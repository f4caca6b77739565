/**
 * Whole load tests with real processes, small: what the runner says of a broker that works, of one whose edges are killed, and of one
 * that is given orders by NATS. Figures of speed are only looked at for being there: the machine is shared.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/command.ts';

interface Report {
  readonly passed: boolean;
  readonly figures: Readonly<Record<string, number>>;
  readonly journal: {
    readonly answered: number;
    readonly records: number;
    readonly started: number;
    readonly ended: number;
  };
  readonly phases: readonly { readonly name: string }[];
  readonly processes: readonly { readonly kind: string }[];
  readonly timeline: readonly unknown[];
}

interface Run {
  readonly status: number;
  readonly text: string;
  readonly report: Report;
  readonly html: string;
}

async function loadTest(...argv: readonly string[]): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), 'voltlane-loadtest-report-'));
  let text = '';
  const print = (part: string): void => {
    text += part;
  };
  const ports = { print, progress: { columns: undefined, write: print } };
  const status = await runCommand([...argv, '--out', out], ports);
  const read = (name: string): string => readFileSync(join(out, name), 'utf8');
  try {
    expect(text, text).toContain('report.json');
    return { status, text, report: JSON.parse(read('report.json')), html: read('report.html') };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

describe('npm run loadtest', () => {
  it('plays 1,000 chargers and finds nothing lost, doubled or reordered', async () => {
    const fleet = ['--chargers', '1000', '--versions', '1.6,2.0.1,2.1', '--generators', '2'];
    const time = ['--minutes', '0.2', '--rate', '200', '--settle-seconds', '2', '--connects-per-second', '400'];
    const { status, text, report, html } = await loadTest(...fleet, ...time, '--assert', 'errors=0,closes=0');
    expect(status, text).toBe(0);
    expect(report.passed).toBe(true);
    expect(report.figures).toMatchObject({ lost: 0, doubled: 0, reordered: 0, mismatched: 0, wrong: 0, timeouts: 0 });
    // Connected, status; then sessions and meter values.
    expect(report.journal.answered).toBeGreaterThan(2_500);
    expect(report.journal.records).toBe(report.journal.answered);
    expect(report.journal.started).toBeGreaterThan(100);
    expect(report.figures['calls']).toBeGreaterThan(1_000);
    for (const figure of ['p50', 'p99', 'memory', 'cpuPerCall', 'edgeBytes'])
      expect(report.figures[figure]).toBeGreaterThan(0);
    expect(report.phases.map(({ name }) => name)).toEqual(['ramp', 'settle', 'steady', 'finish']);
    expect(new Set(report.processes.map(({ kind }) => kind))).toEqual(new Set(['edge', 'worker', 'nats', 'generator']));
    expect(report.timeline.length).toBeGreaterThan(10);
    expect(html).toContain('new uPlot');
    expect(html).not.toMatch(/(src|href)="?http/);
  });
});

// Small ones, which mostly wait: beside each other, each with ports of its own.
describe.concurrent('npm run loadtest with few chargers', () => {
  it('counts on the chargers to come back after their edges were killed, and loses nothing', async () => {
    const fleet = ['--chargers', '200', '--scenario', 'storm', '--edges', '2', '--reconnect-seconds', '1'];
    const ports = ['--ports-from', '20400'];
    const { status, text, report } = await loadTest(
      ...fleet,
      ...ports,
      '--minutes',
      '0.1',
      '--rate',
      '100',
      '--settle-seconds',
      '2',
    );
    expect(status, text).toBe(0);
    expect(report.figures['servedS']).toBeGreaterThan(0);
    expect(report.figures['closes']).toBe(0);
  });

  it('ends with 1 when a threshold is broken, and says which', async () => {
    const small = [
      '--chargers',
      '20',
      '--scenario',
      'ramp',
      '--minutes',
      '0.05',
      '--settle-seconds',
      '1',
      '--rate',
      '20',
      '--ports-from',
      '21400',
    ];
    const { status, text, report } = await loadTest(...small, '--assert', 'p50<1us');
    expect(status).toBe(1);
    expect(report.passed).toBe(false);
    expect(text).toMatch(/BROKEN p50<1us: \d/);
  });

  it('gives its chargers to two machines that join over NATS, and gets their records', async () => {
    const port = 22_400;
    const silent = { print: () => undefined, progress: { columns: undefined, write: () => undefined } };
    const join = (): Promise<number> => runCommand(['--join', `nats://127.0.0.1:${port}`, '--generators', '1'], silent);
    const agents = [join(), join()];
    const remote = ['--generators', 'remote', '--agents', '2', '--ports-from', String(port)];
    const small = [
      '--chargers',
      '100',
      '--minutes',
      '0.1',
      '--rate',
      '50',
      '--settle-seconds',
      '1',
      '--scenario',
      'command-burst',
    ];
    const { status, text, report } = await loadTest(...remote, ...small);
    expect(status, text).toBe(0);
    expect(report.journal.answered).toBeGreaterThan(200);
    expect(text).toMatch(/Commands: \d+ asked, \d+ × accepted/);
    expect(await Promise.all(agents)).toEqual([0, 0]);
  });
});
