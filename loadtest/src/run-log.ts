/**
 * What a run has shown so far: every second merged over all generators, and phases as sums of their seconds. Fed by ticks and process
 * samples, read by the live display, the thresholds and the reports.
 */

import type { Histogram } from 'hdr-histogram-js';
import { build } from 'hdr-histogram-js';
import type { ProcessKind } from './broker-processes.ts';
import type { CounterName, Counters, GeneratorTick, LatencyName } from './generator/plan.ts';
import { COUNTERS, LATENCIES, zeroCounters } from './generator/plan.ts';
import { addPairs, LATENCY_US_MAX } from './latency-counts.ts';
import type { MachineShares, MachineTime } from './machine-time.ts';
import { machineShares, machineTimeBetween, machineTimeSum, noMachineTime } from './machine-time.ts';
import type { KindSample } from './process-sampler.ts';

/** Latencies that count as those of calls: what chargers saw that were connected all the time and not slow themselves. */
export const CALL_LATENCIES: readonly LatencyName[] = ['boot', 'status', 'start', 'stop', 'meter', 'heartbeat'];

/** Usage by kind of process. */
export type Usage = Readonly<Record<ProcessKind, KindSample>>;

/** One second of the run. */
export interface Second {
  /** Since the run began. */
  readonly atS: number;
  readonly phase: string;
  readonly connected: number;
  readonly served: number;
  readonly charging: number;
  readonly callsPerSecond: number;
  /** Of calls; undefined when there was none. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly counters: Counters;
  readonly usage: Usage;
  /** Longest stall of an event loop of an edge or worker seen in a scrape of this second, ms; 0 when there was no scrape. */
  readonly loopStallMs: number;
  readonly machine: MachineShares;
}

/** A part of the run that its scenario named. */
export interface Phase {
  readonly name: string;
  /** Its figures are what the run is judged by. */
  readonly isMeasured: boolean;
  /** Closes are part of the plan. */
  readonly expectsCloses: boolean;
  readonly fromS: number;
  toS: number;
  readonly counters: Counters;
  readonly latencies: Readonly<Record<LatencyName, Histogram>>;
  /** CPU used by each kind, µs. */
  readonly cpuUs: Record<ProcessKind, number>;
  /** Processor time of the whole machine. */
  machine: MachineTime;
  /** Calls answered in its quiet seconds, and how many of these there were. */
  readonly quietCalls: Histogram;
  quietSeconds: number;
}

/**
 * A second is quiet when the host of a virtual machine took less of it. What it takes is in no process's figures, and says nothing about the
 * processes.
 */
export const QUIET_STOLEN_PERCENT_MAX = 1;

/** What a scenario says of a phase. */
export type PhaseFacts = Pick<Phase, 'name' | 'isMeasured' | 'expectsCloses'>;

/** The log of a run. */
export class RunLog {
  readonly seconds: Second[] = [];
  readonly phases: Phase[] = [];
  readonly #startMs: number;
  readonly #latest = new Map<string, GeneratorTick>();
  readonly #ticks = new Map<string, number>();
  /** Latencies that came since the last second was closed. */
  readonly #window: Readonly<Record<LatencyName, Histogram>> = emptyLatencies();
  #before: Counters = zeroCounters();
  #cpuBefore: Record<ProcessKind, number> = { edge: 0, worker: 0, nats: 0, generator: 0 };
  #machineBefore: MachineTime;
  #closedAtMs: number;

  constructor(nowMs: number, machine: MachineTime) {
    this.#startMs = nowMs;
    this.#machineBefore = machine;
    this.#closedAtMs = nowMs;
  }

  /** A generator's tick. */
  take(generator: string, tick: GeneratorTick): void {
    this.#latest.set(generator, tick);
    this.#ticks.set(generator, (this.#ticks.get(generator) ?? 0) + 1);
    for (const name of LATENCIES) {
      const pairs = tick.latencies[name];
      if (pairs !== undefined) addPairs(this.#window[name], pairs);
    }
  }

  /** From now on seconds belong to this phase. */
  beginPhase(facts: PhaseFacts, nowMs: number): void {
    const fromS = (nowMs - this.#startMs) / 1000;
    const cpuUs = { edge: 0, worker: 0, nats: 0, generator: 0 };
    this.phases.push({
      ...facts,
      fromS,
      toS: fromS,
      counters: zeroCounters(),
      latencies: emptyLatencies(),
      cpuUs,
      machine: noMachineTime(),
      quietCalls: emptyHistogram(),
      quietSeconds: 0,
    });
  }

  /** Closes a second: what came since the last one, and what the processes used. */
  closeSecond(nowMs: number, usage: Usage, machine: MachineTime, loopStallMs: number): Second {
    const totals = this.totals();
    const counters = zeroCounters();
    for (const name of COUNTERS) counters[name] = totals[name] - this.#before[name];
    this.#before = totals;
    const tookS = Math.max(0.001, (nowMs - this.#closedAtMs) / 1000);
    this.#closedAtMs = nowMs;
    const calls = mergedCalls(this.#window);
    const phase = this.phases.at(-1);
    const passed = machineTimeBetween(this.#machineBefore, machine);
    this.#machineBefore = machine;
    const shares = machineShares(passed);
    if (phase !== undefined) {
      this.#addTo(phase, counters, usage, nowMs);
      phase.machine = machineTimeSum([phase.machine, passed]);
      if (shares.stolenPercent < QUIET_STOLEN_PERCENT_MAX) {
        phase.quietCalls.add(calls);
        phase.quietSeconds += 1;
      }
    }
    const at = (percentile: number): number | undefined =>
      calls.totalCount === 0 ? undefined : calls.getValueAtPercentile(percentile) / 1000;
    const second: Second = {
      atS: Math.round((nowMs - this.#startMs) / 100) / 10,
      phase: phase?.name ?? 'start',
      connected: this.#sum(({ connected }) => connected),
      served: this.#sum(({ served }) => served),
      charging: this.#sum(({ charging }) => charging),
      callsPerSecond: (counters.answered + counters.errors + counters.wrong) / tookS,
      p50Ms: at(50),
      p99Ms: at(99),
      counters,
      usage,
      loopStallMs,
      machine: shares,
    };
    this.seconds.push(second);
    // Emptied, not made anew: ten histograms are a megabyte.
    for (const name of LATENCIES) this.#window[name].reset();
    return second;
  }

  /** Ticks of each generator so far. */
  ticks(): ReadonlyMap<string, number> {
    return new Map(this.#ticks);
  }

  /**
   * True when every generator has told of what happened before `since` was taken: the first tick after it may be older, and one that has
   * thousands of lost connections to see to sends none for seconds.
   */
  isUpToDate(since: ReadonlyMap<string, number>): boolean {
    return [...this.#ticks].every(([generator, ticks]) => ticks >= (since.get(generator) ?? 0) + 2);
  }

  /** All counts of all generators since the start. */
  totals(): Counters {
    const totals = zeroCounters();
    for (const tick of this.#latest.values()) for (const name of COUNTERS) totals[name] += tick.counters[name];
    return totals;
  }

  /** Counts by code over all generators: close codes, or codes of errors and refusals. */
  codes(which: 'closeCodes' | 'errorCodes'): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    for (const tick of this.#latest.values()) {
      for (const [code, count] of Object.entries(tick[which])) sums[code] = (sums[code] ?? 0) + count;
    }
    return sums;
  }

  /** Latest tick of each generator by name. */
  latest(): ReadonlyMap<string, GeneratorTick> {
    return this.#latest;
  }

  #addTo(phase: Phase, counters: Counters, usage: Usage, nowMs: number): void {
    phase.toS = (nowMs - this.#startMs) / 1000;
    for (const name of COUNTERS) phase.counters[name] += counters[name];
    for (const name of LATENCIES) phase.latencies[name].add(this.#window[name]);
    for (const kind of ['edge', 'worker', 'nats', 'generator'] as const) {
      phase.cpuUs[kind] += usage[kind].cpuUs - this.#cpuBefore[kind];
      this.#cpuBefore[kind] = usage[kind].cpuUs;
    }
  }

  #sum(read: (tick: GeneratorTick) => number): number {
    let sum = 0;
    for (const tick of this.#latest.values()) sum += read(tick);
    return sum;
  }
}

/** One histogram of all calls. */
export function mergedCalls(latencies: Readonly<Record<LatencyName, Histogram>>): Histogram {
  const all = emptyHistogram();
  for (const name of CALL_LATENCIES) all.add(latencies[name]);
  return all;
}

/** Counts of some phases together. */
export function sumOf(phases: readonly Phase[], name: CounterName): number {
  return phases.reduce((sum, { counters }) => sum + counters[name], 0);
}

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LATENCY_US_MAX,
    numberOfSignificantValueDigits: 3,
  });
}

function emptyLatencies(): Record<LatencyName, Histogram> {
  return {
    boot: emptyHistogram(),
    status: emptyHistogram(),
    start: emptyHistogram(),
    stop: emptyHistogram(),
    meter: emptyHistogram(),
    heartbeat: emptyHistogram(),
    dial: emptyHistogram(),
    disturbed: emptyHistogram(),
    slow: emptyHistogram(),
    sendDelay: emptyHistogram(),
  };
}
