/** Workers that share chargers, a handler outside of them: what a move of partitions and a change of settings do to delegated calls. */
import type { Bus, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import type { HandlerSettings } from '@voltlane/registry';
import { openClusterSettings, openHandlerSettings, openRegistry, readTenantHandlers } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { eventsByCharger, readHistory, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { ChargerId, DownlinkReply } from '@voltlane/wire';
import { createSubjects } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Worker } from '../../src/index.ts';
import { startWorker } from '../../src/index.ts';
import type { EdgePlayer } from '../edge-player.ts';
import { createEdgePlayer } from '../edge-player.ts';
import { BOOT, call, chargerPerPartition, opened, start, TENANT } from '../uplinks.ts';
import type { HandlerPlayer } from './handler-player.ts';
import { createHandlerPlayer } from './handler-player.ts';

const PARTITIONS = 8;
const ACCEPTED = { response: { idTagInfo: { status: 'Accepted' } } };
const subjects = createSubjects('');
const JOURNAL = eventJournalOptions(subjects, {
  maxAgeMs: 168 * 3_600_000,
  replicas: 1,
  storage: 'file',
  duplicateWindowMs: 600_000,
});

let broker: MemoryBroker;
let bus: Bus;
let edge: EdgePlayer;
let workers: Worker[];
let handler: HandlerPlayer;
let settings: HandlerSettings;
let chargers: readonly ChargerId[];

async function join(): Promise<Worker> {
  const name = `worker${workers.length}`;
  const connection = broker.connect(name);
  const random = createSeededRandom(workers.length + 1);
  const worker = await startWorker({
    config: loadConfig(['shared', 'worker'], { VOLTLANE_PARTITIONS: String(PARTITIONS) }, () => '').config,
    bus: connection,
    registry: await openRegistry(connection),
    settings: await openClusterSettings(connection, { partitions: PARTITIONS }, random),
    subjects,
    clock: systemClock,
    random,
    telemetry: createTelemetry({ service: 'worker', instance: name, logLevel: 'fatal', logFormat: 'json' }),
  });
  workers.push(worker);
  return worker;
}

beforeEach(async () => {
  broker = createMemoryBus({ clock: systemClock });
  bus = broker.connect('edge');
  edge = createEdgePlayer(bus, subjects, PARTITIONS);
  workers = [];
  handler = createHandlerPlayer(broker.connect('handler'), subjects, ['StartTransaction', 'Authorize']);
  settings = await openHandlerSettings(broker.connect('backend'));
  chargers = chargerPerPartition(PARTITIONS);
  await join();
  await Promise.all(chargers.map((charger) => edge.send(opened(charger))));
  await Promise.all(chargers.map((charger) => edge.send(call(charger, 1, 'BootNotification', BOOT))));
});

afterEach(async () => {
  edge.stop();
  settings.close();
  for (const worker of workers) await worker.stop();
});

function delegate(actions: Readonly<Record<string, object>>): Promise<void> {
  return settings.put(TENANT, readTenantHandlers({ actions }));
}

function startAll(seq: number): Promise<DownlinkReply>[] {
  return chargers.map((charger) => edge.send(call(charger, seq, 'StartTransaction', start(seq))));
}

describe('a parked call whose partition moves', () => {
  it('is asked about again by the next owner under the same id, and is answered and recorded once', async () => {
    await delegate({ StartTransaction: { deadlineMs: 20_000, attempts: 1 } });
    const replies = startAll(2);
    await waitUntil('a question about each charger', () => handler.asked.length === PARTITIONS);
    await join();
    const fromMs = systemClock.monotonicMs();
    await workers[0]?.stop();
    // Nothing waited for the handlers.
    expect(systemClock.monotonicMs() - fromMs).toBeLessThan(1500);
    await waitUntil('a second question about each charger', () => handler.asked.length === 2 * PARTITIONS);
    const ids = handler.asked.map(({ requestId, charger }) => `${charger} ${requestId}`);
    expect(new Set(ids).size).toBe(PARTITIONS);
    // The first owners are gone: only the second questions count.
    for (let index = 0; index < 2 * PARTITIONS; index += 1) handler.answer(index, ACCEPTED);
    const outcomes = await Promise.all(replies);
    expect(outcomes.every(({ outcome }) => outcome.kind === 'result')).toBe(true);
    const history = eventsByCharger(await readHistory(await bus.journal(JOURNAL), subjects.eventFilter({})));
    for (const charger of chargers) {
      const starts = (history.get(charger) ?? []).filter(({ event }) => event.kind === 'transaction.started');
      expect(starts.map(({ event }) => event.data['decidedBy'])).toEqual(['handler']);
    }
  });
});

describe('settings changed while workers run', () => {
  it('are in force on each of them within a second', async () => {
    await join();
    handler.auto(() => ({ response: { idTagInfo: { status: 'Blocked' } } }));
    const statuses = async (seq: number): Promise<Set<unknown>> => {
      const replies = await Promise.all(
        chargers.map((charger) => edge.send(call(charger, seq, 'Authorize', { idTag: 'T' }))),
      );
      return new Set(replies.map(({ outcome }) => (outcome.kind === 'result' ? outcome.payload : outcome.kind)));
    };
    expect(await statuses(2)).toEqual(new Set(['{"idTagInfo":{"status":"Accepted"}}']));
    let seq = 3;
    const everywhere = (status: string): Promise<unknown> =>
      waitUntil(
        `${status} from every worker`,
        async () => {
          seq += 1;
          const seen = await statuses(seq);
          return seen.size === 1 && seen.has(`{"idTagInfo":{"status":"${status}"}}`);
        },
        { timeoutMs: 1000, everyMs: 10 },
      );
    await delegate({ Authorize: {} });
    await everywhere('Blocked');
    await settings.delete(TENANT);
    await everywhere('Accepted');
  });
});
