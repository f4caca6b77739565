/**
 * A short run against real processes: one fault of each main kind under light load. Promises are asserted, times only against
 * the chargers' own patience: the machine is shared.
 */
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../src/index.ts';
import { figuresByKind, reportMarkdown, runChaos } from '../src/index.ts';

const KINDS: readonly FaultKind[] = [
  'worker-kill',
  'edge-kill',
  'worker-freeze',
  'nats-kill',
  'socket-cut',
  'rolling-restart',
];

describe('a broker of three edges, three workers and three NATS servers', () => {
  it('keeps every promise while each of its parts dies, hangs and is rolled', { timeout: 240_000 }, async () => {
    const lines: string[] = [];
    const size = { edges: 3, workers: 3, nats: 3 };
    const load = { chargers: 24, probes: 64, callsPerSecond: 128 };
    const report = await runChaos({ ...size, ...load, seed: 1, minutes: 0, kinds: KINDS }, (line) => lines.push(line));
    console.log(reportMarkdown(report));

    expect(report.problems, lines.join('\n')).toEqual([]);
    const figures = figuresByKind(report.outcomes);
    expect(figures.map(({ kind }) => kind).toSorted()).toEqual([...KINDS].toSorted());
    expect(figures.filter(({ unserved, times }) => unserved > 0 || times === undefined)).toEqual([]);
    const rolling = figures.find(({ kind }) => kind === 'rolling-restart');
    expect(rolling?.seen).toMatchObject({ errors: 0, timeouts: 0 });
    expect(report.history.completed).toBeGreaterThan(load.chargers);
    expect(report.history.acknowledged).toBeGreaterThan(500);
  });
});
