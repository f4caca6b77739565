import { describe, expect, it } from 'vitest';
import { type GrowthReport, growthRows, growthSvg, growthTable } from '../src/growth-chart.ts';

const MIB = 1_048_576;

/** A run with one edge of 100 MiB and two workers of 50, and two measured phases of different lengths. */
function report(chargers: number): GrowthReport {
  const phase = { isMeasured: true, callsPerSecond: 1_000 };
  const memory = (mib: number): { memoryBytes: number } => ({ memoryBytes: mib * MIB });
  return {
    chargers,
    sizing: { edges: 1, workers: 2, generators: 1 },
    figures: { callsPerSecond: 1_000, p50: 2, p99: 20, cpuPerCall: 400 },
    phases: [
      { ...phase, isMeasured: false, fromS: 0, toS: 10, cpuUsPerCall: { edge: 9, worker: 9, nats: 9, generator: 9 } },
      { ...phase, fromS: 10, toS: 20, cpuUsPerCall: { edge: 100, worker: 200, nats: 50, generator: 10 } },
      { ...phase, fromS: 20, toS: 50, cpuUsPerCall: { edge: 300, worker: 200, nats: 50, generator: 10 } },
    ],
    timeline: [
      { usage: { edge: memory(100), worker: memory(90), nats: memory(30) } },
      { usage: { edge: memory(80), worker: memory(100), nats: memory(20) } },
    ],
  };
}

describe('growth', () => {
  it('weighs measured phases by their length, and takes the most memory of each kind', () => {
    const [row] = growthRows([report(1_000)]);
    expect(row?.cores.edge).toBeCloseTo(0.25);
    expect(row?.cores.worker).toBeCloseTo(0.2);
    expect(row?.bytes).toEqual({ edge: 100 * MIB, worker: 100 * MIB, nats: 30 * MIB });
  });

  it('is told from the smallest fleet to the largest', () => {
    const rows = growthRows([report(50_000), report(1_000)]);
    expect(growthTable(rows).split('\n').slice(2)).toEqual([
      '| 1,000 | 1, 2 | 1000 | 2.0, 20.0 | 400 | 0.25, 0.20, 0.05, 0.01 | 100, 100, 30 |',
      '| 50,000 | 1, 2 | 1000 | 2.0, 20.0 | 400 | 0.25, 0.20, 0.05, 0.01 | 100, 100, 30 |',
    ]);
  });

  it('is drawn as an image that needs nothing else', () => {
    const svg = growthSvg(growthRows([report(1_000), report(50_000)]), 'Runs <of> a day');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('Runs &lt;of&gt; a day');
    expect(svg).toContain('resident memory, MiB');
    expect(svg).not.toMatch(/<script|href=/);
  });
});
