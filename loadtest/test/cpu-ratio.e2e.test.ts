/**
 * CPU of a call as a multiple of what a bare `ws` echo takes for a frame at the same moment on the same machine. Times differ by two from
 * hour to hour here, their ratio by a quarter: a change that makes calls half as dear again is seen, and a slow day is not.
 */
import { describe, expect, it } from 'vitest';
import { measurePeer, type PeerLoad } from '../src/bench/peer-rows.ts';
import { type PeerName, startPeer } from '../src/bench/peers.ts';

const CHARGERS = 500;
const SECONDS = 6;
const LOADS: readonly PeerLoad[] = [
  { action: 'Heartbeat', callsPerSecond: 2_000 },
  { action: 'MeterValues', callsPerSecond: 1_000 },
];
/** Measured: 5.0–6.3 and 10–11.9, quiet and at a load average of 10; half as much again is the bound. */
const RATIO_MAX: Readonly<Record<PeerLoad['action'], number>> = { Heartbeat: 9.5, MeterValues: 17 };

async function cpuUs(name: PeerName): Promise<readonly number[]> {
  const peer = await startPeer(name);
  try {
    const { rows } = await measurePeer(peer, CHARGERS, LOADS, SECONDS);
    expect(rows.map(({ failed }) => failed)).toEqual([0, 0]);
    return rows.map(({ cpuUsPerCall }) => cpuUsPerCall);
  } finally {
    await peer.stop();
  }
}

describe('CPU of a call', () => {
  it('stays a bounded multiple of a bare echo, over edge, worker and nats-server', async () => {
    const floor = await cpuUs('ws-echo');
    const ours = await cpuUs('voltlane');
    for (const [at, { action }] of LOADS.entries()) {
      const ratio = (ours[at] ?? Number.NaN) / (floor[at] ?? Number.NaN);
      console.log(`${action}: ${ratio.toFixed(1)} times a bare echo (at most ${RATIO_MAX[action]})`);
      expect(ratio).toBeLessThan(RATIO_MAX[action]);
    }
  });
});
