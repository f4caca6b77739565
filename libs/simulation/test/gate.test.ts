import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { Gate } from '../src/gate.ts';
import { nodeClock } from '../src/node-clock.ts';

function rig(): { clock: ReturnType<typeof createFakeClock>; gate: Gate; seen: unknown[]; thrown: unknown[] } {
  const clock = createFakeClock();
  const thrown: unknown[] = [];
  return { clock, gate: new Gate(clock, (error) => thrown.push(error)), seen: [], thrown };
}

describe('Gate', () => {
  it('keeps what comes during a pause and runs it in order afterwards', () => {
    const { clock, gate, seen } = rig();
    gate.pause();
    gate.run(() => seen.push(1));
    gate.run(() => seen.push(2));
    expect(seen).toEqual([]);
    gate.resume();
    gate.run(() => seen.push(3));
    clock.advance(0);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('runs nothing after a crash, not even what waited', async () => {
    const { clock, gate, seen } = rig();
    gate.pause();
    gate.run(() => seen.push(1));
    void gate.hold(Promise.resolve(2)).then((value) => seen.push(value));
    gate.crash();
    gate.resume();
    await clock.advanceAsync(1_000);
    expect(seen).toEqual([]);
  });

  it('reports what is thrown and goes on', () => {
    const { gate, seen, thrown } = rig();
    gate.run(() => {
      throw new Error('x');
    });
    gate.run(() => seen.push(1));
    expect(thrown).toHaveLength(1);
    expect(seen).toEqual([1]);
  });

  it('lets an interval of a paused node fire once for all it missed', () => {
    const { clock, gate, seen } = rig();
    nodeClock(clock, gate, 5).every(10, () => seen.push(clock.monotonicMs()));
    clock.advance(20);
    gate.pause();
    clock.advance(100);
    gate.resume();
    clock.advance(10);
    expect(seen).toEqual([10, 20, 120, 130]);
  });
});
