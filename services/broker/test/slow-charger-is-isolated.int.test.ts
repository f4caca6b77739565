/**
 * A charger whose records the journal is slow to take, and one that sends without waiting, do not slow the others of the same worker
 * and partition. What such a charger does to its edge alone is in services/edge/test.
 */
import { systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { FramePeer } from './frame-peer.ts';
import { bootedPeer } from './frame-peer.ts';
import type { MemoryBrokerSet } from './memory-broker.ts';
import { startMemoryBroker } from './memory-broker.ts';

let broker: MemoryBrokerSet;
const peers: FramePeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.terminate();
  await broker.stop();
});

const ROUNDS = 150;
/** Generous: everything shares this process. */
const RATIO_MAX = 10;
const FLOOR_MS = 100;
/** Longer than all rounds of a good charger may take together. */
const SLOW_MS = 3_000;

const roundTripMs = async (peer: FramePeer, name: string): Promise<number> => {
  const times: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const event = `{"type":"${name}","timestamp":"2026-01-01T00:00:00Z","techInfo":"${n}"}`;
    const startMs = systemClock.monotonicMs();
    await peer.ask(`${name}${n}`, 'SecurityEventNotification', event);
    times.push(systemClock.monotonicMs() - startMs);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS * 0.95)] ?? Number.POSITIVE_INFINITY;
};

describe('a slow charger', () => {
  it('of a partition does not raise what the others of that partition wait', async () => {
    let slow = false;
    broker = await startMemoryBroker({
      // One partition, so that whatever is shared is shared by these chargers.
      env: { VOLTLANE_PARTITIONS: '1' },
      faults: {
        store: ({ kind, subject }) =>
          slow && kind === 'write' && subject.includes('Slow') ? { delayMs: SLOW_MS } : 'pass',
      },
    });
    const connect = async (id: string): Promise<FramePeer> => {
      const peer = await bootedPeer(broker.ocppUrl, id);
      peers.push(peer);
      return peer;
    };
    const good = await connect('Good');
    const calmMs = await roundTripMs(good, 'calm');
    const stuck = await connect('Slow');
    const flood = await connect('Flood');
    slow = true;
    const late = stuck.ask('late', 'SecurityEventNotification', '{"type":"X","timestamp":"2026-01-01T00:00:00Z"}');
    for (let n = 0; n < 2_000; n += 1) flood.send(`[2,"f${n}","Heartbeat",{}]`);
    const busyMs = await roundTripMs(good, 'busy');
    expect(
      stuck.frames.some((frame) => frame.includes('"late"')),
      'the slow one is still waiting',
    ).toBe(false);
    expect(busyMs, `calm ${calmMs} ms, disturbed ${busyMs} ms`).toBeLessThan(Math.max(FLOOR_MS, calmMs * RATIO_MAX));
    slow = false;
    expect(await late).toBe('[3,"late",{}]');
  });
});
