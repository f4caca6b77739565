/**
 * What being watched costs: the part of an edge's and a worker's CPU that goes into metrics, counting and telling them, by their CPU profiles
 * under load, with a scrape every five seconds (Prometheus asks every fifteen).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBrokerSet } from '../src/bench/broker-set.ts';
import { measurePeer, type PeerLoad } from '../src/bench/peer-rows.ts';
import { shareOfScripts } from '../src/bench/profile-summary.ts';

const CHARGERS = 500;
const SECONDS = 6;
const LOADS: readonly PeerLoad[] = [
  { action: 'Heartbeat', callsPerSecond: 2_000 },
  { action: 'MeterValues', callsPerSecond: 500 },
];
const SCRIPTS = /\/(prom-client|libs\/telemetry)\/|metrics\.ts$/;
/** targets.md row 18. */
const SHARE_MAX = 0.05;
const SCRAPE_MS = 5_000;
/** Until a process has loaded its code. */
const START_MS = 2_000;

let profileDir: string;

beforeEach(() => {
  profileDir = mkdtempSync(join(tmpdir(), 'voltlane-metrics-cost-'));
});

afterEach(() => rmSync(profileDir, { recursive: true, force: true }));

describe('metrics', () => {
  it('take at most a twentieth of the CPU of an edge and of a worker', async () => {
    const broker = await startBrokerSet({ profileDir });
    let scrapes = 0;
    const scraping = setInterval(() => {
      for (const url of broker.metricsUrls) {
        fetch(url)
          .then((response) => response.text())
          .then((text) => {
            scrapes += text.includes('voltlane_') ? 1 : 0;
          })
          .catch(() => undefined); // Missing ones are missed below.
      }
    }, SCRAPE_MS);
    try {
      const peer = { name: 'voltlane' as const, url: broker.ocppUrl, pids: [], stop: () => broker.stop() };
      const { rows } = await measurePeer(peer, CHARGERS, LOADS, SECONDS);
      expect(rows.map(({ failed }) => failed)).toEqual([0, 0]);
    } finally {
      clearInterval(scraping);
      await broker.stop();
    }
    expect(scrapes).toBeGreaterThan(3);
    for (const service of ['edge', 'worker']) {
      const share = shareOfScripts(join(profileDir, `${service}.cpuprofile`), SCRIPTS, START_MS);
      console.log(
        `${service}: ${(share * 100).toFixed(1)} % of its CPU goes into metrics (at most ${SHARE_MAX * 100})`,
      );
      expect(share).toBeGreaterThan(0.001);
      expect(share).toBeLessThan(SHARE_MAX);
    }
  });
});
