import { createFakeClock } from '@voltlane/time';
import { epoch } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { startTrimming } from '../src/journal-trim.ts';

const HOUR_MS = 3_600_000;

function rig(options: { readonly owner?: boolean; readonly trim?: () => Promise<number> } = {}): {
  readonly clock: ReturnType<typeof createFakeClock>;
  readonly counts: { calls: number; trimmed: number; failed: number };
  readonly stop: () => void;
} {
  const clock = createFakeClock();
  const counts = { calls: 0, trimmed: 0, failed: 0 };
  const stop = startTrimming(
    {
      clock,
      journal: {
        trim: () => {
          counts.calls += 1;
          return options.trim?.() ?? Promise.resolve(3);
        },
      },
      ownership: { epochOf: () => (options.owner === false ? undefined : epoch(1)) },
      log: { info: () => undefined, warn: () => undefined },
      metrics: {
        trimmed: (records) => {
          counts.trimmed += records;
        },
        trimFailed: () => {
          counts.failed += 1;
        },
      },
    },
    HOUR_MS,
  );
  return { clock, counts, stop };
}

describe('trimming the journal', () => {
  it('happens every interval on the worker that holds partition 0, until it is stopped', async () => {
    const { clock, counts, stop } = rig();
    await clock.advanceAsync(3 * HOUR_MS);
    expect(counts).toEqual({ calls: 3, trimmed: 9, failed: 0 });
    stop();
    await clock.advanceAsync(3 * HOUR_MS);
    expect(counts.calls).toBe(3);
  });

  it('is left to the others by a worker that does not hold it', async () => {
    const { clock, counts } = rig({ owner: false });
    await clock.advanceAsync(3 * HOUR_MS);
    expect(counts.calls).toBe(0);
  });

  it('never runs twice at once', async () => {
    const { clock, counts } = rig({ trim: () => new Promise(() => undefined) });
    await clock.advanceAsync(5 * HOUR_MS);
    expect(counts.calls).toBe(1);
  });

  it('that failed is counted and tried again', async () => {
    const { clock, counts } = rig({ trim: () => Promise.reject(new Error('no leader')) });
    await clock.advanceAsync(2 * HOUR_MS);
    expect(counts).toEqual({ calls: 2, trimmed: 0, failed: 2 });
  });
});
