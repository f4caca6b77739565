/** Worker and edge die by SIGKILL in the middle of a transaction; the charger notices at most a new connection. */

import { createCharger, createEventList } from '@voltlane/charger';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import { checkHistory, eventsByCharger, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { BrokerSet } from './broker-set.ts';
import { startBrokerSet } from './broker-set.ts';

const CHARGER = 'CP-1';

let broker: BrokerSet | undefined;

afterEach(async () => {
  await broker?.stop();
  broker = undefined;
});

describe('kill -9 of the worker, then of the edge, in the middle of a transaction', () => {
  it.each(OCPP_VERSIONS)(
    'leaves one transaction, one start, one end and the right energy (OCPP %s)',
    async (version) => {
      broker = await startBrokerSet();
      const log = createEventList(10_000);
      const charger = createCharger({
        id: CHARGER,
        version,
        url: broker.ocppUrl,
        clock: systemClock,
        random: createSeededRandom(7),
        reconnect: { waitMinimumMs: 200, randomRangeMs: 100 },
        log: log.sink,
      });
      await withTimeout(systemClock, charger.start(), 10_000, 'boot');
      const stop = new AbortController();
      const session = charger.session({
        idToken: 'TAG1',
        durationMs: 120_000,
        sampleIntervalMs: 250,
        signal: stop.signal,
      });
      const samples = (): number => log.list().filter(({ kind }) => kind === 'sample').length;
      await waitUntil('charging', () => samples() >= 3);

      await broker.replace('worker');
      const afterWorker = samples();
      await waitUntil('charging goes on with the new worker', () => samples() >= afterWorker + 3);

      await broker.replace('edge');
      await waitUntil('the charger is back', () => charger.online());
      const afterEdge = samples();
      await waitUntil('charging goes on over the new edge', () => samples() >= afterEdge + 3);

      stop.abort();
      const record = await withTimeout(systemClock, session, 60_000, 'the end of the session');
      expect(record).toMatchObject({ outcome: 'completed', problem: '' });

      const sent = log.list().filter((event) => event.kind === 'sent');
      expect(sent.filter((event) => event.action === 'BootNotification').length).toBe(1);
      expect(log.list().filter(({ kind }) => kind === 'refused')).toEqual([]);

      const history = await broker.history();
      expect(checkHistory(history, [record])).toEqual([]);
      const events = eventsByCharger(history).get(CHARGER) ?? [];
      const count = (kind: string): number => events.filter(({ event }) => event.kind === kind).length;
      expect({
        started: count('transaction.started'),
        ended: count('transaction.ended'),
        booted: count('charger.booted'),
      }).toEqual({
        started: 1,
        ended: 1,
        booted: 1,
      });
      charger.stop();
    },
  );
});
