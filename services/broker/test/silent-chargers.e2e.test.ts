/**
 * Commands to many chargers of which a few never answer: nobody else waits for them, they are asked one thing at a time, and their
 * connection is given up after as many timeouts as configured. And chargers that are left alone for a while after their boot.
 */
import { systemClock } from '@voltlane/time';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerProcess, startBrokerProcess } from './broker-process.ts';
import { type Answer, type Backend, httpBackend } from './command-backend.ts';
import { type CommandCharger, createCommandCharger, resultOf } from './command-charger.ts';

const CHARGERS = 50;
const SILENT = 5;
const TIMEOUTS_MAX = 3;
const TIMEOUT_MS = 2_000;
const QUIET_MS = 1_500;
/** The edge looks for what is due every so often. */
const SWEEP_MS = 100;

let broker: BrokerProcess;
let backend: Backend;
const chargers: CommandCharger[] = [];
/** Chargers that answer nothing until they had to connect anew. */
const silent = new Set<string>();

beforeAll(async () => {
  broker = await startBrokerProcess(undefined, {
    VOLTLANE_COMMAND_TIMEOUTS_MAX: String(TIMEOUTS_MAX),
    VOLTLANE_QUIET_AFTER_BOOT_MS: String(QUIET_MS),
    VOLTLANE_API_REQUESTS_BURST_MAX: '10000',
  });
  backend = httpBackend(broker.apiUrl, broker.apiToken);
});

afterAll(async () => {
  for (const charger of chargers) charger.leave();
  await broker?.process.stop();
});

function made(id: string): CommandCharger {
  const charger: CommandCharger = createCommandCharger({
    urls: [broker.ocppUrl],
    id,
    version: '1.6',
    answer: (call) => (silent.has(id) && charger.closes.length === 0 ? undefined : resultOf(call)),
  });
  chargers.push(charger);
  return charger;
}

async function timed(charger: CommandCharger): Promise<Answer & { readonly tookMs: number }> {
  const startMs = systemClock.monotonicMs();
  const answer = await backend.send(charger.id, 'ClearCache', {}, { timeoutMs: TIMEOUT_MS });
  return { ...answer, tookMs: systemClock.monotonicMs() - startMs };
}

describe('a charger that has just booted', () => {
  it('is left alone as long as configured, and gets then what was asked for meanwhile', async () => {
    const charger = made('Fresh');
    await charger.start();
    const bootedMs = systemClock.monotonicMs();
    const { body } = await backend.send(charger.id, 'ClearCache', {}, { timeoutMs: 10_000 });
    expect(body).toMatchObject({ outcome: 'accepted' });
    expect((charger.calls[0]?.atMs ?? 0) - bootedMs).toBeGreaterThan(QUIET_MS - SWEEP_MS);
    // It is over: the next goes out at once.
    const { tookMs } = await timed(charger);
    expect(tookMs).toBeLessThan(QUIET_MS - SWEEP_MS);
  });
});

describe('a charger that never answers', () => {
  it('keeps nobody else waiting, is asked one thing at a time, and is cut off to come back well', async () => {
    const all = Array.from({ length: CHARGERS }, (_, number) => made(`CP${number}`));
    const bad = all.slice(0, SILENT);
    const good = all.slice(SILENT);
    await Promise.all(all.map((charger) => charger.start()));
    await Promise.all(all.map(timed));
    for (const { id } of bad) silent.add(id);

    const patient = { timeoutMs: TIMEOUT_MS, ttlMs: 120_000, wait: 60_000 };
    const stuck = bad.map(async (charger) => {
      const asked = Array.from({ length: TIMEOUTS_MAX + 1 }, () => backend.send(charger.id, 'ClearCache', {}, patient));
      return (await Promise.all(asked)).map(({ body }) => body['outcome']);
    });
    for (let round = 0; round < 3; round += 1) {
      for (const { body, tookMs } of await Promise.all(good.map(timed))) {
        expect(body).toMatchObject({ outcome: 'accepted' });
        expect(tookMs).toBeLessThan(TIMEOUT_MS);
      }
    }
    for (const outcomes of await Promise.all(stuck)) {
      // What waited behind those that were not answered went over the next connection.
      expect(outcomes.toSorted()).toEqual(['accepted', 'timeout', 'timeout', 'timeout']);
    }
    for (const { calls, closes } of bad) {
      expect(closes).toEqual([1008]);
      // The first was answered; then each CALL waited for the one before it.
      const times = calls.map(({ atMs }) => atMs).slice(1);
      expect(times).toHaveLength(TIMEOUTS_MAX + 1);
      for (const [index, atMs] of times.slice(1).entries()) {
        expect(atMs - (times[index] ?? 0)).toBeGreaterThan(TIMEOUT_MS - SWEEP_MS);
      }
    }
    for (const { closes } of good) expect(closes).toEqual([]);
  });
});
