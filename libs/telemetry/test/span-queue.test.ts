import { createFakeClock, type FakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../src/metrics.ts';
import type { QueuedSpan } from '../src/span.ts';
import { BATCH_SPANS_MAX, FLUSH_MS, SPANS_MAX, SpanQueue } from '../src/span-queue.ts';

const SPAN: QueuedSpan = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  parent: undefined,
  name: 'Heartbeat',
  kind: 'server',
  startedMs: 1,
  endedMs: 2,
  attributes: {},
};

interface Rig {
  readonly queue: SpanQueue;
  readonly clock: FakeClock;
  readonly batches: number[];
  readonly lines: string[];
  /** Spans by what became of them. */
  readonly fates: () => Promise<Readonly<Record<string, number>>>;
}

function rig(send: () => Promise<void>): Rig {
  const clock = createFakeClock();
  const metrics = createMetrics('edge');
  const batches: number[] = [];
  const lines: string[] = [];
  const log = {
    info: (_fields: object, event: string): void => void lines.push(event),
    warn: (_fields: object, event: string): void => void lines.push(event),
  };
  const queue = new SpanQueue({
    send: (spans) => {
      batches.push(spans.length);
      return send();
    },
    clock,
    log,
    metrics,
  });
  queue.start();
  const fates = async (): Promise<Readonly<Record<string, number>>> => {
    const text = await metrics.expose();
    const series = text.matchAll(/^voltlane_trace_spans_total\{fate="(\w+)".*\} (\d+)$/gm);
    return Object.fromEntries([...series].map(([, fate, value]) => [fate, Number(value)]));
  };
  return { queue, clock, batches, lines, fates };
}

function add(queue: SpanQueue, spans: number): void {
  for (let n = 0; n < spans; n += 1) queue.add(SPAN);
}

const never = (): Promise<void> => new Promise(() => undefined);

describe('spans on their way', () => {
  it('wait for others, then go together', async () => {
    const { queue, clock, batches, fates } = rig(() => Promise.resolve());
    add(queue, 3);
    expect(batches).toEqual([]);
    await clock.advanceAsync(1_000);
    expect(batches).toEqual([3]);
    expect(await fates()).toMatchObject({ sent: 3, full: 0, failed: 0 });
  });

  it('go at once when a batch is full, one batch at a time', () => {
    const { queue, batches } = rig(never);
    add(queue, 3 * BATCH_SPANS_MAX);
    expect(batches).toEqual([BATCH_SPANS_MAX]);
  });

  it('are dropped and counted when too many wait', async () => {
    const { queue, fates } = rig(never);
    add(queue, BATCH_SPANS_MAX + SPANS_MAX + 5);
    expect(await fates()).toMatchObject({ sent: 0, full: 5 });
  });

  it('are counted when the receiver does not take them, and the log says it once', async () => {
    let up = false;
    const { queue, clock, lines, fates } = rig(() => (up ? Promise.resolve() : Promise.reject(new Error('refused'))));
    for (let second = 0; second < 3; second += 1) {
      add(queue, 2);
      await clock.advanceAsync(1_000);
    }
    up = true;
    add(queue, 2);
    await clock.advanceAsync(1_000);
    expect(await fates()).toMatchObject({ failed: 6, sent: 2 });
    expect(lines).toEqual(['traces are not taken', 'traces are taken again']);
  });

  it('that are left go when it stops', async () => {
    const { queue, batches } = rig(() => Promise.resolve());
    add(queue, 5);
    await queue.stop();
    expect(batches).toEqual([5]);
  });

  it('hold no stop up for longer than the limit', async () => {
    const { queue, clock, fates } = rig(never);
    add(queue, BATCH_SPANS_MAX + 5);
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await clock.advanceAsync(FLUSH_MS - 1);
    expect(stopped).toBe(false);
    await clock.advanceAsync(1);
    await stopping;
    expect(await fates()).toMatchObject({ failed: 5 });
  });
});
