import fc from 'fast-check';
import { build } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { addPairs, LatencyCounts } from '../src/latency-counts.ts';

const histogram = () =>
  build({ autoResize: true, highestTrackableValue: 120_000_000, numberOfSignificantValueDigits: 3 });

describe('latency counts', () => {
  it('end in the histogram the latencies themselves would have made', () => {
    const latency = fc.oneof(fc.nat(5_000), fc.nat(200_000_000), fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), (latencies) => {
        const counts = new LatencyCounts();
        const directly = histogram();
        for (const us of latencies) {
          counts.add(us);
          directly.recordValue(Math.min(120_000_000, Math.max(1, Math.round(us))));
        }
        const travelled = histogram();
        addPairs(travelled, JSON.parse(JSON.stringify(counts.drain())));
        expect(travelled.totalCount).toBe(latencies.length);
        for (const percentile of [0, 25, 50, 90, 99, 99.9, 100]) {
          expect(travelled.getValueAtPercentile(percentile)).toBe(directly.getValueAtPercentile(percentile));
        }
      }),
    );
  });

  it('start anew when they were handed out, and say nothing when there is nothing to say', () => {
    const counts = new LatencyCounts();
    expect(counts.drain()).toBeUndefined();
    counts.add(1_500);
    counts.add(1_500.4);
    counts.add(70_003);
    expect(counts.drain()).toEqual([1_500, 2, 69_952, 1]);
    expect(counts.drain()).toBeUndefined();
  });

  it('keep few values of many', () => {
    const counts = new LatencyCounts();
    for (let us = 1; us <= 1_000_000; us += 1) counts.add(us);
    expect((counts.drain()?.length ?? 0) / 2).toBeLessThanOrEqual(2_048 + 9 * 1_024);
  });
});
