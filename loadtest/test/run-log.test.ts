import { describe, expect, it } from 'vitest';
import { createChargerTable, LINK } from '../src/generator/charger-table.ts';
import type { GeneratorTick } from '../src/generator/plan.ts';
import { zeroCounters } from '../src/generator/plan.ts';
import { Tally } from '../src/generator/tally.ts';
import { createLiveView } from '../src/live-view.ts';
import { noMachineTime } from '../src/machine-time.ts';
import type { Usage } from '../src/run-log.ts';
import { mergedCalls, RunLog, sumOf } from '../src/run-log.ts';

function usage(edgeCpuUs: number): Usage {
  const none = { cpuUs: 0, memoryBytes: 0, processes: 0 };
  return {
    edge: { cpuUs: edgeCpuUs, memoryBytes: 200 * 1_048_576, processes: 2 },
    worker: none,
    nats: none,
    generator: none,
  };
}

/** A generator that has seen these latencies, ms, and this many closes. */
function tally(latenciesMs: readonly number[], closes = 0): { tick(): GeneratorTick } {
  const kept = new Tally();
  const table = createChargerTable(0, 3);
  table.link[0] = LINK.open;
  table.link[1] = LINK.open;
  table.served[0] = 1;
  for (const ms of latenciesMs) kept.latency('heartbeat', ms);
  kept.latency('disturbed', 9_000);
  kept.counters.answered = latenciesMs.length;
  kept.counters.closes = closes;
  return { tick: () => kept.tick(table) };
}

describe('the log of a run', () => {
  it('merges generators second by second and keeps disturbed calls apart', () => {
    const log = new RunLog(1_000, noMachineTime());
    log.beginPhase({ name: 'steady', isMeasured: true, expectsCloses: false }, 1_000);
    log.take('a', tally([1, 2, 3]).tick());
    log.take('b', tally([100]).tick());
    const second = log.closeSecond(2_000, usage(50_000), noMachineTime(), 0);
    expect(second).toMatchObject({ atS: 1, phase: 'steady', connected: 4, served: 2, callsPerSecond: 4 });
    expect(second.p50Ms).toBeCloseTo(2, 1);
    expect(second.p99Ms).toBeCloseTo(100, 0);
    const next = log.closeSecond(3_000, usage(60_000), noMachineTime(), 0);
    expect(next).toMatchObject({ callsPerSecond: 0, p50Ms: undefined });
  });

  it('is up to date with something when every generator has told twice since', () => {
    const log = new RunLog(0, noMachineTime());
    log.take('a', tally([]).tick());
    const since = log.ticks();
    log.take('a', tally([]).tick());
    log.take('b', tally([]).tick());
    expect(log.isUpToDate(since)).toBe(false);
    log.take('a', tally([]).tick());
    expect(log.isUpToDate(since)).toBe(false);
    log.take('b', tally([]).tick());
    expect(log.isUpToDate(since)).toBe(true);
  });

  it('gives each phase its own counts, latencies and CPU', () => {
    const log = new RunLog(0, noMachineTime());
    const generator = tally([5], 2);
    log.beginPhase({ name: 'ramp', isMeasured: false, expectsCloses: false }, 0);
    log.take('a', generator.tick());
    log.closeSecond(1_000, usage(70_000), { totalTicks: 200, idleTicks: 100, stolenTicks: 0 }, 0);
    log.beginPhase({ name: 'steady', isMeasured: true, expectsCloses: false }, 1_000);
    log.take('a', generator.tick());
    const second = log.closeSecond(2_000, usage(90_000), { totalTicks: 400, idleTicks: 140, stolenTicks: 60 }, 0);
    const [ramp, steady] = log.phases;
    expect(ramp?.counters.closes).toBe(2);
    expect(steady?.counters.closes).toBe(0);
    expect(sumOf(log.phases, 'answered')).toBe(1);
    expect([ramp?.cpuUs.edge, steady?.cpuUs.edge]).toEqual([70_000, 20_000]);
    expect(ramp === undefined ? 0 : mergedCalls(ramp.latencies).totalCount).toBe(1);
    expect(second.machine).toEqual({ idlePercent: 20, stolenPercent: 30 });
    expect([ramp?.machine.stolenTicks, steady?.machine.stolenTicks]).toEqual([0, 60]);
    expect([ramp?.quietSeconds, ramp?.quietCalls.totalCount]).toEqual([1, 1]);
    expect([steady?.quietSeconds, steady?.quietCalls.totalCount]).toEqual([0, 0]);
    expect([ramp?.toS, steady?.fromS, steady?.toS]).toEqual([1, 1, 2]);
  });
});

describe('the live view', () => {
  const second = {
    atS: 75.2,
    phase: 'steady',
    connected: 9,
    served: 8,
    charging: 3,
    callsPerSecond: 41.6,
    p50Ms: 1.25,
    p99Ms: undefined,
    counters: { ...zeroCounters(), errors: 2, closes: 1 },
    usage: usage(0),
    loopStallMs: 0,
    machine: { idlePercent: 50, stolenPercent: 0 },
  };

  it('writes one line a second where nobody redraws', () => {
    let text = '';
    const view = createLiveView({ columns: undefined, write: (part) => (text += part) });
    view.second(second, 10, []);
    view.second({ ...second, usage: usage(250_000) }, 10, []);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(
      '01:15 steady  9/10 connected, 8 served, 3 charging, 42 calls/s, p50 1.3 p99 – ms, errors 2 closes 1',
    );
    expect(lines[1]).toContain('2 edges 200 MiB 25 %');
  });

  it('redraws in place on a terminal, a line for each process, never wider than it', () => {
    let text = '';
    const view = createLiveView({ columns: 40, write: (part) => (text += part) });
    const processes = [{ name: 'edge 1', cpuUs: 0, rssBytes: 3 * 1_048_576 }];
    view.second(second, 10, processes);
    expect(text.split('\n')[1]).toBe('  edge 1              3 MiB    0 %');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(40);
    text = '';
    view.second(second, 10, [{ name: 'edge 1', cpuUs: 120_000, rssBytes: 3 * 1_048_576 }]);
    expect(text.startsWith('\u001b[1A\u001b[2K'.repeat(2))).toBe(true);
    expect(text).toContain('12 %');
  });
});
