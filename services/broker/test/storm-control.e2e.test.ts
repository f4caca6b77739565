/**
 * A wave of handshakes against an edge that admits few of them: what is let in keeps to the rate, what is refused is spread, and
 * chargers that are connected do not notice.
 */
import { freePort, handshake, rawPeer, startService } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { FramePeer } from './frame-peer.ts';
import { bootedPeer } from './frame-peer.ts';

const ended: (() => Promise<unknown>)[] = [];
const peers: FramePeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.socket.terminate();
  for (const end of ended.splice(0)) await end();
});

const RATE = 20;
const BURST = 20;
const SURVIVORS = 10;
const PHASE_MS = 2_000;
/** Generous: storm and survivors share the process of this test, and the machine is shared as well. */
const RATIO_MAX = 10;
const FLOOR_MS = 250;

interface Storm {
  readonly accepted: number;
  readonly refused: readonly string[];
}

/** Knocks with 20 connections at a time until `until` says so. */
const storm = async (port: number, over: () => boolean): Promise<Storm> => {
  let accepted = 0;
  const refused: string[] = [];
  let next = 0;
  const knock = async (): Promise<void> => {
    while (!over()) {
      next += 1;
      const peer = await rawPeer(port);
      peer.write(handshake(`/ocpp/STORM-${next}`));
      if ((await peer.status()) === 101) accepted += 1;
      else refused.push(peer.received());
      peer.socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: 20 }, knock));
  return { accepted, refused };
};

/** 99th percentile of the round trips of all survivors, each asking some thirty times a second. */
const roundTripMs = async (name: string, forMs: number): Promise<number> => {
  const times: number[] = [];
  const endMs = systemClock.monotonicMs() + forMs;
  const ask = async (peer: FramePeer): Promise<void> => {
    for (let n = 0; systemClock.monotonicMs() < endMs; n += 1) {
      const startMs = systemClock.monotonicMs();
      await peer.ask(`${name}${n}`, 'Heartbeat', '{}');
      times.push(systemClock.monotonicMs() - startMs);
      await new Promise<void>((resolve) => systemClock.after(25, resolve));
    }
  };
  await Promise.all(peers.map(ask));
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.POSITIVE_INFINITY;
};

describe('a storm of handshakes', () => {
  it('is let in at the rate, spread, and not noticed by those who are connected', async () => {
    const ports = { ocpp: await freePort(), edge: await freePort() };
    const broker = await startService({
      service: 'broker',
      env: {
        VOLTLANE_OCPP_PORT: String(ports.ocpp),
        VOLTLANE_EDGE_HEALTH_PORT: String(ports.edge),
        VOLTLANE_WORKER_HEALTH_PORT: '0',
        VOLTLANE_API_PORT: '0',
        VOLTLANE_CHARGERS: 'open',
        VOLTLANE_LOG_LEVEL: 'error',
        VOLTLANE_UPGRADES_PER_SECOND: String(RATE),
        VOLTLANE_UPGRADES_BURST_MAX: String(BURST),
      },
      readyUrl: `http://127.0.0.1:${ports.edge}/readyz`,
    });
    ended.push(() => broker.kill());
    const url = `ws://127.0.0.1:${ports.ocpp}/ocpp`;
    for (let n = 0; n < SURVIVORS; n += 1) peers.push(await bootedPeer(url, `SURVIVOR-${n}`));
    const calmMs = await roundTripMs('calm', PHASE_MS);

    let over = false;
    const startMs = systemClock.monotonicMs();
    const wave = storm(ports.ocpp, () => over);
    const stormMs = await roundTripMs('storm', PHASE_MS);
    over = true;
    const { accepted, refused } = await wave;
    const tookS = (systemClock.monotonicMs() - startMs) / 1000;

    expect(accepted).toBeLessThanOrEqual(BURST + Math.ceil(tookS * RATE));
    expect(refused.length).toBeGreaterThan(accepted * 3);
    const waits = refused.map((text) => Number(/^HTTP\/1\.1 503 [^]*\r\nRetry-After: (\d+)\r\n/.exec(text)?.[1]));
    expect(waits.filter((wait) => !(wait >= 5))).toEqual([]);
    expect(new Set(waits).size).toBeGreaterThanOrEqual(20);
    expect(stormMs, `calm ${calmMs} ms, storm ${stormMs} ms`).toBeLessThan(Math.max(FLOOR_MS, calmMs * RATIO_MAX));
    expect(peers.every((peer) => peer.socket.readyState === peer.socket.OPEN)).toBe(true);
  });
});
