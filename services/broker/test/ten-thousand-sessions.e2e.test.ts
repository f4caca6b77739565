/** 10,000 charging sessions of mixed versions through one edge and one worker on NATS, held against the journal. */

import type { SessionRecord } from '@voltlane/charger';
import { createCharger, createFasterClock } from '@voltlane/charger';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import { checkHistory } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';

const CHARGERS = 500;
const SESSIONS_EACH = 20;
/** Session time runs this much faster than the clock: an hour of charging takes seconds. */
const SPEED = 600;

let broker: BrokerSet;

beforeAll(async () => {
  broker = await startBrokerSet();
});

afterAll(async () => {
  await broker.stop();
});

async function sessionsOf(number: number): Promise<readonly SessionRecord[]> {
  const version = OCPP_VERSIONS[number % OCPP_VERSIONS.length] ?? '1.6';
  const charger = createCharger({
    id: `FLEET-${number}`,
    version,
    url: broker.ocppUrl,
    clock: systemClock,
    sessionClock: createFasterClock(systemClock, SPEED),
    random: createSeededRandom(number),
  });
  await charger.start();
  const records: SessionRecord[] = [];
  for (let n = 0; n < SESSIONS_EACH; n += 1) {
    const durationMs = 600_000 + ((number * 7 + n * 13) % 10) * 60_000;
    records.push(await charger.session({ idToken: `TAG${n}`, durationMs, sampleIntervalMs: 300_000 }));
  }
  charger.stop();
  return records;
}

describe('10,000 sessions of mixed versions through one edge and one worker', () => {
  it('lose nothing, double nothing, reorder nothing', { timeout: 600_000 }, async () => {
    const started = systemClock.monotonicMs();
    const all = await Promise.all(Array.from({ length: CHARGERS }, (_, number) => sessionsOf(number)));
    const records = all.flat();
    const seconds = (systemClock.monotonicMs() - started) / 1000;
    const messages = records.reduce((sum, record) => sum + record.messages.length, 0);
    console.log(`${records.length} sessions, ${messages} transaction messages in ${seconds.toFixed(1)} s`);

    expect(
      records
        .filter(({ outcome }) => outcome !== 'completed')
        .map(({ chargerId, problem }) => `${chargerId}: ${problem}`),
    ).toEqual([]);
    expect(records.length).toBe(CHARGERS * SESSIONS_EACH);
    const history = await broker.history();
    expect(checkHistory(history, records)).toEqual([]);
    const ended = history.flatMap(({ record }) => record.events).filter(({ kind }) => kind === 'transaction.ended');
    expect(ended.length).toBe(CHARGERS * SESSIONS_EACH);
  });
});
