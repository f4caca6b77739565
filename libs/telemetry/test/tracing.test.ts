import { readdirSync, readFileSync } from 'node:fs';
import { createFakeClock, createSeededRandom } from '@voltlane/time';
import { parseTraceparent } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { EndedSpan, QueuedSpan } from '../src/span.ts';
import { SpanSource, startTracing, traceIdOf, tracesUrl } from '../src/tracing.ts';

function source(ratio: number): {
  source: SpanSource;
  queued: QueuedSpan[];
  clock: ReturnType<typeof createFakeClock>;
} {
  const clock = createFakeClock();
  const queued: QueuedSpan[] = [];
  const queue = { add: (span: QueuedSpan): void => void queued.push(span), stop: () => Promise.resolve() };
  const made = new SpanSource({ ratio, clock, random: createSeededRandom(7) }, queue, () => undefined);
  return { source: made, queued, clock };
}

const SPAN: Omit<EndedSpan, 'traceparent'> = {
  parent: undefined,
  name: 'Heartbeat',
  kind: 'server',
  startedMs: 10,
  endedMs: 12.5,
  attributes: {},
};

describe('sampling', () => {
  it('begins a trace for the configured share of those who ask', () => {
    const { source: tenth } = source(0.1);
    const begun = Array.from({ length: 5_000 }, () => tenth.begin()).filter((context) => context !== undefined);
    expect(begun.length).toBeGreaterThan(400);
    expect(begun.length).toBeLessThan(600);
    expect(new Set(begun).size).toBe(begun.length);
  });

  it('begins none at 0 and one for each at 1, without asking chance', () => {
    const random = {
      next: () => expect.unreachable('chance was asked'),
      bytes: (n: number) => new Uint8Array(n).fill(1),
    };
    const parts = { clock: createFakeClock(), random };
    const queue = { add: () => undefined, stop: () => Promise.resolve() };
    expect(new SpanSource({ ...parts, ratio: 0 }, queue, () => undefined).begin()).toBeUndefined();
    expect(new SpanSource({ ...parts, ratio: 1 }, queue, () => undefined).begin()).toBeDefined();
  });
});

describe('a span', () => {
  it('below another is of the same trace and recorded', () => {
    const { source: all } = source(1);
    const root = all.begin() ?? '';
    const child = all.below(root);
    expect(traceIdOf(child)).toBe(traceIdOf(root));
    expect(parseTraceparent(child)?.spanId).not.toBe(parseTraceparent(root)?.spanId);
    expect(parseTraceparent(child)?.sampled).toBe(true);
  });

  it('is told by the wall clock, and never ends before it begins', () => {
    const { source: all, queued, clock } = source(1);
    const traceparent = all.begin() ?? '';
    const offsetMs = clock.nowMs() - clock.monotonicMs();
    all.ended({ ...SPAN, traceparent, events: [{ name: 'turn', atMs: 11 }] });
    all.ended({ ...SPAN, traceparent, endedMs: 9 });
    expect(queued[0]).toMatchObject({ startedMs: offsetMs + 10, endedMs: offsetMs + 12.5 });
    expect(queued[0]?.events).toEqual([{ name: 'turn', atMs: offsetMs + 11 }]);
    expect(queued[1]?.endedMs).toBe(offsetMs + 10);
  });
});

describe('tracing', () => {
  it('is not there where no receiver is named', async () => {
    const clock = createFakeClock();
    const nothing = { url: undefined, ratio: 1, service: 'edge', instance: 'i', clock, random: createSeededRandom(1) };
    const parts = { log: { info: () => undefined, warn: () => undefined }, metrics: unused() };
    expect(await startTracing({ ...nothing, ...parts })).toBeUndefined();
  });

  it('loads OpenTelemetry in one file, and that only when a receiver is named', () => {
    const folder = new URL('../src/', import.meta.url);
    const loading = readdirSync(folder).filter((file) =>
      /from '(@opentelemetry\/|\.\/otlp-sender)/.test(readFileSync(new URL(file, folder), 'utf8')),
    );
    expect(loading).toEqual(['otlp-sender.ts']);
  });

  it('posts to /v1/traces unless the URL has a path of its own', () => {
    expect(tracesUrl('http://collector:4318')).toBe('http://collector:4318/v1/traces');
    expect(tracesUrl('https://collector/otlp/v1/traces')).toBe('https://collector/otlp/v1/traces');
  });
});

function unused() {
  return {
    counter: () => expect.unreachable('a metric was made'),
    readGauge: () => expect.unreachable('a metric was made'),
  };
}
