/**
 * Lets go of what the journal has kept long enough. No server does this by itself: an age limit on the stream would take the last
 * state of a charger that was silent for long. The worker that holds partition 0 trims, so one does at a time; two would do no
 * harm.
 */
import type { Ownership } from '@voltlane/actors';
import type { Journal } from '@voltlane/bus';
import type { Logger } from '@voltlane/telemetry';
import type { CancelTimer, Clock } from '@voltlane/time';
import { partitionId } from '@voltlane/wire';
import type { WorkerMetrics } from './metrics.ts';

/** What trimming works with. */
export interface TrimDependencies {
  readonly journal: Pick<Journal, 'trim'>;
  readonly ownership: Pick<Ownership, 'epochOf'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<WorkerMetrics, 'trimmed' | 'trimFailed'>;
}

const TRIMMER = partitionId(0);

/** Trims every `intervalMs`; one run at a time. Returns what stops it. */
export function startTrimming(deps: TrimDependencies, intervalMs: number): CancelTimer {
  let running = false;
  return deps.clock.every(intervalMs, () => {
    if (running || deps.ownership.epochOf(TRIMMER) === undefined) return;
    running = true;
    void trimOnce(deps).finally(() => {
      running = false;
    });
  });
}

async function trimOnce({ journal, clock, log, metrics }: TrimDependencies): Promise<void> {
  const startedMs = clock.monotonicMs();
  try {
    const records = await journal.trim();
    metrics.trimmed(records);
    log.info({ records, tookMs: Math.round(clock.monotonicMs() - startedMs) }, 'journal trimmed');
  } catch (error) {
    // The next round tries again; the journal only grows meanwhile, which the metric shows.
    metrics.trimFailed();
    log.warn({ err: error }, 'journal not trimmed');
  }
}
