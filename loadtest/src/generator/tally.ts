/** Counts and latencies of one generator, handed out once a second. */

import type { Histogram } from 'hdr-histogram-js';
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { ChargerTable } from './charger-table.ts';
import { LINK } from './charger-table.ts';
import type { Counters, GeneratorTick, LatencyName } from './plan.ts';
import { LATENCIES, zeroCounters } from './plan.ts';

/** Three digits up to two minutes: nothing waits longer. */
const LATENCY_US_MAX = 120_000_000;

/** The figures. */
export class Tally {
  readonly counters: Counters = zeroCounters();
  readonly #closeCodes: Record<string, number> = {};
  readonly #errorCodes: Record<string, number> = {};
  readonly #latencies: Readonly<Record<LatencyName, Histogram>>;

  constructor() {
    const histogram = (): Histogram =>
      build({
        bitBucketSize: 32,
        autoResize: false,
        lowestDiscernibleValue: 1,
        highestTrackableValue: LATENCY_US_MAX,
        numberOfSignificantValueDigits: 3,
      });
    this.#latencies = {
      boot: histogram(),
      status: histogram(),
      start: histogram(),
      stop: histogram(),
      meter: histogram(),
      heartbeat: histogram(),
      dial: histogram(),
      disturbed: histogram(),
      slow: histogram(),
      sendDelay: histogram(),
    };
  }

  /** Keeps one latency. */
  latency(name: LatencyName, ms: number): void {
    this.#latencies[name].recordValue(Math.min(LATENCY_US_MAX, Math.max(1, Math.round(ms * 1000))));
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
    const latencies: Partial<Record<LatencyName, string>> = {};
    for (const name of LATENCIES) {
      const histogram = this.#latencies[name];
      if (histogram.totalCount === 0) continue;
      latencies[name] = encodeIntoCompressedBase64(histogram);
      histogram.reset();
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
