/**
 * What a call leaves in the old generation of an edge and of a worker, where it stays until the next full collection: the calls that
 * wait behind such a collection are the slowest. Young objects that something old and forgotten still leads to count as well (decision 18),
 * and nothing but this figure shows them.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { connectFleet } from '../src/bench/bench-charger.ts';
import { startBrokerSet } from '../src/bench/broker-set.ts';
import { runOpenLoop } from '../src/bench/open-loop.ts';

/** Each has a call every second and a half: what one call leaves for the next is old by then. */
const CHARGERS = 3_000;
const CALLS_PER_SECOND = 2_000;
const WARM_UP_S = 5;
const SECONDS = 8;
/** A young generation is collected a few times a second; what was in hand at the end is decided after that. */
const SETTLE_MS = 1_000;
/** Measured: 57 in an edge, 35 in a worker; 572 in an edge before decision 18. */
const BYTES_MAX = 200;

const OLD = /^nodejs_heap_space_size_used_bytes\{[^}]*space="old"[^}]*\} (\S+)$/m;
const FULL = /^nodejs_gc_duration_seconds_count\{[^}]*kind="major"[^}]*\} (\S+)$/m;

interface Heap {
  readonly oldBytes: number;
  readonly fullCollections: number;
}

async function heapOf(url: string): Promise<Heap> {
  const text = await (await fetch(url)).text();
  return { oldBytes: Number(OLD.exec(text)?.[1]), fullCollections: Number(FULL.exec(text)?.[1] ?? 0) };
}

describe('the old generation', () => {
  it('is not where calls end', async () => {
    const broker = await startBrokerSet({ profileDir: undefined });
    const heaps = (): Promise<readonly Heap[]> => Promise.all(broker.metricsUrls.map(heapOf));
    try {
      const fleet = await connectFleet(broker.ocppUrl, CHARGERS);
      const play = (seconds: number): ReturnType<typeof runOpenLoop> =>
        runOpenLoop(systemClock, fleet, {
          action: 'Heartbeat',
          payload: () => '{}',
          callsPerSecond: CALLS_PER_SECOND,
          seconds,
        });
      await play(WARM_UP_S);
      await sleep(SETTLE_MS);
      const before = await heaps();
      const { answered, failed, unanswered } = await play(SECONDS);
      await sleep(SETTLE_MS);
      const after = await heaps();
      for (const charger of fleet) charger.close();
      expect([failed, unanswered]).toEqual([0, 0]);
      for (const [at, service] of ['edge', 'worker'].entries()) {
        const [was, is] = [before[at], after[at]];
        // A full collection in between would hide what was left.
        expect(is?.fullCollections).toBe(was?.fullCollections);
        const bytes = ((is?.oldBytes ?? Number.NaN) - (was?.oldBytes ?? Number.NaN)) / answered;
        console.log(
          `${service}: a Heartbeat leaves ${bytes.toFixed(0)} bytes in the old generation (at most ${BYTES_MAX})`,
        );
        expect(bytes).toBeLessThan(BYTES_MAX);
      }
    } finally {
      await broker.stop();
    }
  });
});
