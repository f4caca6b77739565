/** Each process stays under its budget of metric series, and no label names a charger (docs: at most 1,500 series a process). */

import { createCharger } from '@voltlane/charger';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';

const SERIES_MAX = 1_500;

let broker: BrokerSet;

beforeAll(async () => {
  broker = await startBrokerSet();
  for (const [number, version] of (['1.6', '2.0.1', '2.1'] as const).entries()) {
    const id = `BUDGET-${number}`;
    const random = createSeededRandom(number);
    const charger = createCharger({ id, version, url: broker.ocppUrl, clock: systemClock, random });
    await withTimeout(systemClock, charger.start(), 10_000, 'boot');
    await charger.session({ idToken: 'TAG', durationMs: 1000, sampleIntervalMs: 400 });
    charger.stop();
  }
});

afterAll(async () => {
  await broker.stop();
});

describe.each(['edge', 'worker'] as const)('the metrics of a busy %s', (service) => {
  it('stay within the budget of series and name no charger', async () => {
    const lines = (await broker.metrics(service)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    console.log(`${service}: ${lines.length} series`);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.length).toBeLessThanOrEqual(SERIES_MAX);
    expect(lines.filter((line) => line.includes('BUDGET'))).toEqual([]);
  });
});
