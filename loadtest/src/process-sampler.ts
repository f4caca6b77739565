/**
 * CPU time, memory and loop stalls of the processes under test, sampled from outside. CPU is summed by kind, so that a process that
 * was replaced during the run does not take its share along.
 */

import { cpuTimeUs, type ResidentMemory, residentMemory } from './bench/cpu-time.ts';
import type { ProcessKind, WatchedProcess } from './broker-processes.ts';

/** Kinds in the order of reports. */
export const PROCESS_KINDS: readonly ProcessKind[] = ['edge', 'worker', 'nats', 'generator'];

/** What one kind of process has used. */
export interface KindSample {
  /** CPU time of all its processes since the sampler began, µs. */
  readonly cpuUs: number;
  /** Memory those that run now take together: what is resident, with the pages of files that they share counted once. */
  readonly memoryBytes: number;
  readonly processes: number;
}

/** One process over the whole run. */
export interface ProcessFigures {
  readonly kind: ProcessKind;
  readonly name: string;
  readonly cpuUs: number;
  readonly rssBytesMax: number;
  /** Longest stall of its event loop between two scrapes, ms; undefined when it has no metrics. */
  readonly loopStallMsMax: number | undefined;
  /** Heap in use at the last scrape: beside the resident memory it shows what is garbage not yet collected. */
  readonly heapUsedBytes: number | undefined;
}

/** One process as of the last sample. */
export interface ProcessSample {
  readonly name: string;
  /** Since the sampler began, µs. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** A sampler. */
export interface ProcessSampler {
  /** Reads /proc for everything that runs now. */
  sample(): Readonly<Record<ProcessKind, KindSample>>;
  /** What runs, as of the last sample. */
  current(): readonly ProcessSample[];
  /**
   * Reads the longest stall of each event loop since the last scrape from the processes' own metrics; with a `turn`, of every n-th process
   * only, as a Prometheus that spreads its targets over the interval.
   */
  scrape(turn?: { readonly at: number; readonly of: number }): Promise<void>;
  /** Longest stall of a kind since this was asked last, ms. */
  takeStallMs(kind: ProcessKind): number;
  figures(): readonly ProcessFigures[];
  /** Counters of the last scrape that are not 0, summed over the processes of a kind. */
  serverCounters(): Readonly<Record<string, number>>;
}

interface Seen {
  readonly kind: ProcessKind;
  readonly name: string;
  /** Of processes of this name that ended, and of the present one. */
  cpuUs: number;
  pid: number;
  pidCpuUs: number;
  rssBytesMax: number;
  loopStallMsMax: number | undefined;
  heapUsedBytes: number | undefined;
}

const COUNTER = /^(voltlane_\w+_total(?:\{[^}]*\})?) (\S+)$/gm;
const HEAP = /^nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)$/m;
const LOOP_TURN_MAX = /^nodejs_eventloop_lag_max_seconds(?:\{[^}]*\})? (\S+)$/m;
const LOOP_TURN_MIN = /^nodejs_eventloop_lag_min_seconds(?:\{[^}]*\})? (\S+)$/m;

/** Longest standstill of an event loop, ms. What a process tells is the time between two looks, 50 ms where nothing is late: the shortest is taken off. */
export function loopStallMsIn(metricsText: string): number {
  const secondsIn = (line: RegExp): number => Number(line.exec(metricsText)?.[1] ?? Number.NaN);
  return (secondsIn(LOOP_TURN_MAX) - secondsIn(LOOP_TURN_MIN)) * 1000;
}

/** Watches what `processes` lists at each sample. */
export function createProcessSampler(processes: () => readonly WatchedProcess[]): ProcessSampler {
  const seen = new Map<string, Seen>();
  const stalls = new Map<ProcessKind, number>();
  let current: ProcessSample[] = [];
  const texts = new Map<string, string>();
  const of = ({ kind, name, pid }: WatchedProcess): Seen => {
    const known = seen.get(name);
    if (known !== undefined) return known;
    const fresh = {
      kind,
      name,
      cpuUs: 0,
      pid,
      pidCpuUs: 0,
      rssBytesMax: 0,
      loopStallMsMax: undefined,
      heapUsedBytes: undefined,
    };
    seen.set(name, fresh);
    return fresh;
  };
  return {
    sample: () => {
      const ownBytes = new Map<ProcessKind, number>();
      const fileBytes = new Map<ProcessKind, number>();
      const counts = new Map<ProcessKind, number>();
      current = [];
      for (const process of processes()) {
        const usage = usageOf(process.pid);
        if (usage === undefined) continue;
        const entry = of(process);
        if (entry.pid !== process.pid) {
          entry.pid = process.pid;
          entry.pidCpuUs = 0;
        }
        entry.cpuUs += usage.cpuUs - entry.pidCpuUs;
        entry.pidCpuUs = usage.cpuUs;
        const { totalBytes, fileBytes: ofFiles } = usage.memory;
        entry.rssBytesMax = Math.max(entry.rssBytesMax, totalBytes);
        current.push({ name: process.name, cpuUs: entry.cpuUs, rssBytes: totalBytes });
        ownBytes.set(process.kind, (ownBytes.get(process.kind) ?? 0) + totalBytes - ofFiles);
        fileBytes.set(process.kind, Math.max(fileBytes.get(process.kind) ?? 0, ofFiles));
        counts.set(process.kind, (counts.get(process.kind) ?? 0) + 1);
      }
      const kindSample = (kind: ProcessKind): KindSample => ({
        cpuUs: [...seen.values()].reduce((sum, one) => sum + (one.kind === kind ? one.cpuUs : 0), 0),
        memoryBytes: (ownBytes.get(kind) ?? 0) + (fileBytes.get(kind) ?? 0),
        processes: counts.get(kind) ?? 0,
      });
      return {
        edge: kindSample('edge'),
        worker: kindSample('worker'),
        nats: kindSample('nats'),
        generator: kindSample('generator'),
      };
    },
    current: () => current,
    scrape: async (turn = { at: 0, of: 1 }) => {
      const scraped = processes().map(async (process, index) => {
        if (process.metricsText === undefined || index % turn.of !== turn.at) return;
        // A process that is being replaced answers nothing; its next one does.
        const text = await process.metricsText().catch(() => '');
        if (text !== '') texts.set(process.name, text);
        const stallMs = loopStallMsIn(text);
        if (Number.isNaN(stallMs)) return;
        const entry = of(process);
        entry.heapUsedBytes = Number(HEAP.exec(text)?.[1] ?? 0);
        entry.loopStallMsMax = Math.max(entry.loopStallMsMax ?? 0, stallMs);
        stalls.set(process.kind, Math.max(stalls.get(process.kind) ?? 0, stallMs));
      });
      await Promise.all(scraped);
    },
    takeStallMs: (kind) => {
      const stallMs = stalls.get(kind) ?? 0;
      stalls.delete(kind);
      return stallMs;
    },
    serverCounters: () => {
      const sums: Record<string, number> = {};
      for (const text of texts.values()) {
        for (const [, name = '', value] of text.matchAll(COUNTER)) {
          if (Number(value) > 0) sums[name] = (sums[name] ?? 0) + Number(value);
        }
      }
      return sums;
    },
    figures: () =>
      [...seen.values()].map(({ kind, name, cpuUs, rssBytesMax, loopStallMsMax, heapUsedBytes }) => ({
        kind,
        name,
        cpuUs,
        rssBytesMax,
        loopStallMsMax,
        heapUsedBytes,
      })),
  };
}

/** Undefined when the process is gone. */
function usageOf(pid: number): { readonly cpuUs: number; readonly memory: ResidentMemory } | undefined {
  if (pid <= 0) return undefined;
  try {
    return { cpuUs: cpuTimeUs(pid), memory: residentMemory(pid) };
  } catch {
    return undefined;
  }
}
