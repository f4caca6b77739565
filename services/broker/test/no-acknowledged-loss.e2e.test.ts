/**
 * Worker, edge and nats-server die by SIGKILL, one after the other, while chargers of all versions charge. The journal is on disk,
 * one copy. What was answered is there, once, in order; a charger notices at most a new connection.
 */
import { checkHistory, eventsByCharger } from '@voltlane/testkit';
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

describe('kill -9 in the middle of transactions', () => {
  it('of the worker, the edge and nats-server loses nothing acknowledged and doubles nothing', async () => {
    broker = await startBrokerSet();
    fleet = await startFleet(broker.ocppUrls, 6);
    await fleet.moreAnswered(3, 'at the beginning');

    await broker.replace('worker');
    await fleet.moreAnswered(3, 'by the new worker');

    await broker.replace('edge');
    await fleet.moreAnswered(3, 'over the new edge');

    await broker.nats.restart();
    await fleet.moreAnswered(3, 'over the new nats-server');

    const records = await fleet.finish();
    for (const record of records) expect(record).toMatchObject({ outcome: 'completed', problem: '' });
    expect({ refused: fleet.count('refused'), timedOut: fleet.count('timed-out') }).toEqual({
      refused: 0,
      timedOut: 0,
    });

    const history = await broker.history();
    expect(checkHistory(history, records)).toEqual([]);
    const chargers = eventsByCharger(history);
    for (const { charger, log } of fleet.drivers) {
      const events = chargers.get(charger.id) ?? [];
      const count = (kind: string): number => events.filter(({ event }) => event.kind === kind).length;
      const { id } = charger;
      const seen = { id, started: count('transaction.started'), ended: count('transaction.ended') };
      // Nobody had to boot again.
      expect({ ...seen, booted: count('charger.booted') }).toEqual({ id, started: 1, ended: 1, booted: 1 });
      expect(log().filter((event) => event.kind === 'booted')).toHaveLength(1);
    }
  });
});
