/**
 * SIGTERM of an edge and of a worker under load, by real processes on NATS. Chargers move to the second edge, partitions to the
 * second worker. Every call that reached the journal was answered to its charger, and everything answered is in the journal.
 */
import type { ProcessExit } from '@voltlane/testkit';
import { checkHistory, waitUntil } from '@voltlane/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';
import type { Fleet } from './fleet.ts';
import { startFleet } from './fleet.ts';

let broker: BrokerSet | undefined;
let fleet: Fleet | undefined;

afterEach(async () => {
  fleet?.stop();
  await broker?.stop();
});

const STOPPED: ProcessExit = { code: 0, signal: null };
const DEADLINE_MS = 10_000;

describe('a drain', () => {
  it('of an edge, then of a worker, loses no message and leaves no taken call unanswered', async () => {
    const env = { VOLTLANE_DRAIN_PER_SECOND: '6', VOLTLANE_STOP_DEADLINE_MS: String(DEADLINE_MS) };
    broker = await startBrokerSet({ ...env, VOLTLANE_DRAIN_CLOSE_CODE: '1012' }, { edge: 2, worker: 2 });
    fleet = await startFleet(broker.ocppUrls, 9);
    await fleet.moreAnswered(2, 'at the beginning');

    let exit: ProcessExit | undefined;
    const stoppedAtMs = performance.now();
    void broker.end('edge', 'SIGTERM').then((ended) => {
      exit = ended;
    });
    const { readiness } = broker;
    await waitUntil('the edge is not ready and still there', async () => (await readiness('edge')) === 503, {
      everyMs: 5,
    });
    await waitUntil('the edge has ended', () => exit !== undefined);
    expect(exit).toEqual(STOPPED);
    expect(performance.now() - stoppedAtMs).toBeLessThan(DEADLINE_MS);
    await fleet.moreAnswered(2, 'over the other edge');
    const closes = fleet.drivers.map(({ log }) => log().find((event) => event.kind === 'disconnected'));
    expect(closes).toEqual(fleet.drivers.map(() => expect.objectContaining({ code: 1012, reason: 'edge stops' })));

    expect(await broker.end('worker', 'SIGTERM')).toEqual(STOPPED);
    await fleet.moreAnswered(2, 'by the other worker');

    const records = await fleet.finish();
    for (const record of records) expect(record).toMatchObject({ outcome: 'completed', problem: '' });
    expect({ refused: fleet.count('refused'), timedOut: fleet.count('timed-out') }).toEqual({
      refused: 0,
      timedOut: 0,
    });

    const history = await broker.history();
    expect(checkHistory(history, records)).toEqual([]);
    const answered = new Set<string>();
    for (const { charger, log } of fleet.drivers) {
      for (const event of log()) if (event.kind === 'answered') answered.add(`${charger.id} ${event.messageId}`);
    }
    const taken = history.flatMap(({ record }) =>
      record.source === undefined ? [] : [`${record.charger} ${record.source.messageId}`],
    );
    expect(taken.length).toBeGreaterThan(9 * 8);
    expect(taken.filter((message) => !answered.has(message))).toEqual([]);
  });
});
