/** Counts and latencies of one generator, handed out once a second. */

import type { LatencyPairs } from '../latency-counts.ts';
import { LatencyCounts } from '../latency-counts.ts';
import type { ChargerTable } from './charger-table.ts';
import { LINK } from './charger-table.ts';
import type { Counters, GeneratorTick, LatencyName } from './plan.ts';
import { LATENCIES, zeroCounters } from './plan.ts';

/** The figures. */
export class Tally {
  readonly counters: Counters = zeroCounters();
  readonly #closeCodes: Record<string, number> = {};
  readonly #errorCodes: Record<string, number> = {};
  readonly #latencies = Object.fromEntries(LATENCIES.map((name) => [name, new LatencyCounts()])) as Readonly<
    Record<LatencyName, LatencyCounts>
  >;

  /** Keeps one latency. */
  latency(name: LatencyName, ms: number): void {
    this.#latencies[name].add(ms * 1000);
  }

  /** Counts a close by its code. */
  close(code: number): void {
    this.#closeCodes[code] = (this.#closeCodes[code] ?? 0) + 1;
  }

  /** Counts a CALLERROR or a refusal by its code. */
  error(code: string): void {
    this.#errorCodes[code] = (this.#errorCodes[code] ?? 0) + 1;
  }

  /** The state of now; latencies start anew. */
  tick(table: ChargerTable): GeneratorTick {
    const latencies: Partial<Record<LatencyName, LatencyPairs>> = {};
    for (const name of LATENCIES) {
      const pairs = this.#latencies[name].drain();
      if (pairs !== undefined) latencies[name] = pairs;
    }
    const { user, system } = process.cpuUsage();
    return {
      connected: count(table.link, LINK.open),
      served: count(table.served, 1),
      dialing: count(table.link, LINK.dialing),
      charging: count(table.charging, 1),
      counters: { ...this.counters },
      closeCodes: { ...this.#closeCodes },
      errorCodes: { ...this.#errorCodes },
      latencies,
      cpuUs: user + system,
      rssBytes: process.memoryUsage.rss(),
    };
  }
}

function count(column: Uint8Array, value: number): number {
  let found = 0;
  for (const entry of column) if (entry === value) found += 1;
  return found;
}
