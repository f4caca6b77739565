/** Chargers of all versions that run charging sessions back to back while things break, and what they believe happened. */

import type { Charger, SessionRecord } from '@voltlane/charger';
import { createCharger, createFasterClock } from '@voltlane/charger';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import type { Random } from '@voltlane/time';
import { createSeededRandom, sleep, systemClock, withTimeout } from '@voltlane/time';
import { createRovingConnect } from './roving-connect.ts';
import type { Tally } from './tally.ts';

/** The chargers. */
export interface SessionFleet {
  /** Cuts the sockets of about this share of them. */
  cut(share: number, random: Random): number;
  /** Ends all sessions cleanly and waits until every message is delivered; what they believe. */
  finish(): Promise<readonly SessionRecord[]>;
}

/** How to build them. */
export interface SessionFleetOptions {
  readonly chargers: number;
  readonly seed: number;
  readonly edgeUrls: readonly string[];
  readonly tally: Tally;
}

/** Session time runs this much faster than the clock: ten minutes of charging take ten seconds. */
const SPEED = 60;
const SAMPLE_INTERVAL_MS = 120_000;
const SESSION_MS_MIN = 480_000;
const SESSION_MS_SPREAD = 720_000;
const START_MS_MAX = 60_000;
/** From the order to stop until the last message is delivered. */
const FINISH_MS_MAX = 120_000;

/** Boots all chargers and lets them charge. */
export async function startSessions(options: SessionFleetOptions): Promise<SessionFleet> {
  const stop = new AbortController();
  const records: SessionRecord[] = [];
  const chargers = Array.from({ length: options.chargers }, (_, number) => chargerOf(number, options));
  const booted = Promise.all(chargers.map(({ charger }) => charger.start()));
  await withTimeout(systemClock, booted, START_MS_MAX, 'the boot of the chargers');
  const running = chargers.map(({ charger, random }) => charge(charger, random, stop.signal, records));
  return {
    cut: (share, random) => {
      const chosen = chargers.filter(() => random.next() < share);
      for (const { charger } of chosen) charger.dropLink('terminate', Math.round(random.next() * 500));
      return chosen.length;
    },
    finish: async () => {
      stop.abort();
      await withTimeout(systemClock, Promise.all(running), FINISH_MS_MAX, 'the end of all sessions').catch(
        () => undefined,
      );
      // Sessions that have not ended resolve as undelivered when their charger stops.
      for (const { charger } of chargers) charger.stop();
      await withTimeout(systemClock, Promise.all(running), START_MS_MAX, 'the chargers to stop');
      return records;
    },
  };
}

function chargerOf(number: number, options: SessionFleetOptions): { charger: Charger; random: Random } {
  const random = createSeededRandom(options.seed * 7_919 + number);
  const roving = createRovingConnect(options.edgeUrls, number, random);
  const charger = createCharger({
    id: `CHAOS-${number}`,
    version: OCPP_VERSIONS[number % OCPP_VERSIONS.length] ?? '1.6',
    url: options.edgeUrls[0] ?? '',
    clock: systemClock,
    sessionClock: createFasterClock(systemClock, SPEED),
    random,
    connect: roving.connect,
    reconnect: { waitMinimumMs: 100, randomRangeMs: 900, repeatTimes: 2 },
    handshakeTimeoutMs: 2_000,
    // A refused message is tried again soon: the run is short.
    settings: {
      TransactionMessageRetryInterval: '2',
      'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '2',
    },
    log: options.tally.sink(),
  });
  return { charger, random };
}

async function charge(charger: Charger, random: Random, stop: AbortSignal, records: SessionRecord[]): Promise<void> {
  for (let number = 0; !stop.aborted; number += 1) {
    const durationMs = SESSION_MS_MIN + random.next() * SESSION_MS_SPREAD;
    const idToken = `TAG${number}`;
    records.push(await charger.session({ idToken, durationMs, sampleIntervalMs: SAMPLE_INTERVAL_MS, signal: stop }));
    await sleep(systemClock, random.next() * 1_000);
  }
}
