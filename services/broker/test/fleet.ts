/** A few chargers of all versions that charge until they are told to stop, and what they remember of it. */
import type { Charger, ChargerEvent, SessionRecord } from '@voltlane/charger';
import { connectWebSocket, createCharger, createEventList } from '@voltlane/charger';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import { waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock, withTimeout } from '@voltlane/time';

/** One of them. */
export interface Driver {
  readonly charger: Charger;
  readonly log: () => readonly ChargerEvent[];
}

/** Chargers under load. */
export interface Fleet {
  readonly drivers: readonly Driver[];
  /** Waits until every charger had `count` more transaction messages answered. */
  moreAnswered(count: number, when: string): Promise<void>;
  online(): boolean;
  /** Events of one kind over all chargers. */
  count(kind: ChargerEvent['kind']): number;
  /** Ends the transactions; resolves with what the chargers believe when everything is delivered. */
  finish(): Promise<readonly SessionRecord[]>;
  stop(): void;
}

const SAMPLE_MS = 100;
const EVENTS_MAX = 20_000;

/** Starts `count` chargers; each dials the URLs in turn and charges at once. */
export async function startFleet(urls: readonly string[], count: number): Promise<Fleet> {
  const end = new AbortController();
  const sessions: Promise<SessionRecord>[] = [];
  const drivers: Driver[] = [];
  for (let number = 0; number < count; number += 1) {
    const events = createEventList(EVENTS_MAX);
    let dials = 0;
    const charger = createCharger({
      id: `CP-${number}`,
      version: OCPP_VERSIONS[number % OCPP_VERSIONS.length] ?? '1.6',
      url: urls[0] ?? '',
      connect: (target, listeners) => {
        dials += 1;
        return connectWebSocket({ ...target, url: urls[(dials - 1) % urls.length] ?? '' }, listeners);
      },
      clock: systemClock,
      random: createSeededRandom(100 + number),
      reconnect: { waitMinimumMs: 200, randomRangeMs: 100, repeatTimes: 1 },
      log: events.sink,
    });
    drivers.push({ charger, log: () => events.list() });
  }
  await Promise.all(drivers.map(({ charger }) => withTimeout(systemClock, charger.start(), 15_000, 'boot')));
  for (const { charger } of drivers) {
    const session = { idToken: 'TAG', durationMs: 600_000, sampleIntervalMs: SAMPLE_MS, signal: end.signal };
    sessions.push(charger.session(session));
  }
  const answered = ({ log }: Driver): number => log().filter(isTransactionAnswer).length;
  return {
    drivers,
    moreAnswered: async (more, when) => {
      const before = new Map(drivers.map((driver) => [driver, answered(driver)]));
      await waitUntil(`every charger has ${more} more messages answered ${when}`, () => {
        const behind = drivers.filter((driver) => answered(driver) < (before.get(driver) ?? 0) + more);
        if (behind.length === 0) return true;
        throw new Error(`not yet: ${behind.map(({ charger, log }) => `${charger.id} ${lastOf(log())}`).join('; ')}`);
      });
    },
    online: () => drivers.every(({ charger }) => charger.online()),
    count: (kind) => drivers.reduce((sum, { log }) => sum + log().filter((event) => event.kind === kind).length, 0),
    finish: () => {
      end.abort();
      return withTimeout(systemClock, Promise.all(sessions), 40_000, 'the ends of all sessions');
    },
    stop: () => {
      for (const { charger } of drivers) charger.stop();
    },
  };
}

const TRANSACTION_ACTIONS: readonly string[] = [
  'StartTransaction',
  'StopTransaction',
  'MeterValues',
  'TransactionEvent',
];

function isTransactionAnswer(event: ChargerEvent): boolean {
  return event.kind === 'answered' && TRANSACTION_ACTIONS.includes(event.action);
}

function lastOf(events: readonly ChargerEvent[]): string {
  return events
    .slice(-4)
    .map((event) => JSON.stringify(event).slice(0, 160))
    .join(' ');
}
