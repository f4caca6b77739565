/**
 * Open-loop load: calls are due at fixed times, whether or not earlier ones were answered. Latency counts from the time a call
 * was due, so a stall of the system shows in every call it delayed (no coordinated omission).
 */

import type { Clock } from '@voltlane/time';
import type { Histogram } from 'hdr-histogram-js';
import { build } from 'hdr-histogram-js';
import type { BenchCharger } from './bench-charger.ts';

/** What to send and how fast. */
export interface LoadPlan {
  readonly action: string;
  /** Payload of the n-th call. */
  readonly payload: (n: number) => string;
  readonly callsPerSecond: number;
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  readonly due: number;
  readonly answered: number;
  readonly failed: number;
  /** Calls still unanswered when the wait after the last one was over. */
  readonly unanswered: number;
  /** Calls that found every charger busy when they were due and had to wait for one. */
  readonly delayed: number;
  /** Latency from the intended send time, µs. */
  readonly latencyUs: Histogram;
  readonly elapsedMs: number;
}

/** How often due calls are sent, ms. */
const TICK_MS = 1;
/** How long answers are awaited after the last call was due, ms. */
const TAIL_MS = 5000;

/** Runs one plan over a fleet; each charger has at most one call outstanding. */
export function runOpenLoop(clock: Clock, fleet: readonly BenchCharger[], plan: LoadPlan): Promise<LoadResult> {
  const latencyUs = build({
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    numberOfSignificantValueDigits: 3,
  });
  const total = Math.round(plan.callsPerSecond * plan.seconds);
  const stepMs = 1000 / plan.callsPerSecond;
  const startMs = clock.monotonicMs();
  const backlog: number[] = [];
  let sent = 0;
  let answered = 0;
  let failed = 0;
  let delayed = 0;
  let next = 0;

  const send = (charger: BenchCharger, n: number): void => {
    charger.call(plan.action, plan.payload(n), (ok) => {
      latencyUs.recordValue(Math.max(1, Math.round((clock.monotonicMs() - startMs - n * stepMs) * 1000)));
      answered += 1;
      if (!ok) failed += 1;
      const waiting = backlog.shift();
      if (waiting !== undefined) send(charger, waiting);
    });
  };
  const idleCharger = (): BenchCharger | undefined => {
    for (let tries = 0; tries < fleet.length; tries += 1) {
      const charger = fleet[next];
      next = (next + 1) % fleet.length;
      if (charger?.idle() === true) return charger;
    }
    return undefined;
  };

  return new Promise((resolve) => {
    const cancel = clock.every(TICK_MS, () => {
      const elapsedMs = clock.monotonicMs() - startMs;
      while (sent < total && sent * stepMs <= elapsedMs) {
        const charger = idleCharger();
        if (charger === undefined) {
          backlog.push(sent);
          delayed += 1;
        } else send(charger, sent);
        sent += 1;
      }
      const over = sent === total && (answered === total || elapsedMs > plan.seconds * 1000 + TAIL_MS);
      if (!over) return;
      cancel();
      resolve({ due: total, answered, failed, unanswered: total - answered, delayed, latencyUs, elapsedMs });
    });
  });
}
