/** However partitions move between workers, every charger has one actor: each message applied once, answered once, in order. */
import { CLAIMS_BUCKET, decodeClaim, encodeClaim, WORKERS_BUCKET } from '@voltlane/actors';
import type { Bus, MemoryBroker, StoreFate } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { eventsByCharger, readHistory, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { ChargerId, DownlinkReply } from '@voltlane/wire';
import { createSubjects, decodeOwner, edgeId, epoch, workerId } from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Worker } from '../src/index.ts';
import { startWorker } from '../src/index.ts';
import type { EdgePlayer } from './edge-player.ts';
import { createEdgePlayer } from './edge-player.ts';
import { BOOT, call, chargerPerPartition, opened, start } from './uplinks.ts';

const PARTITIONS = 16;
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
let chargers: readonly ChargerId[];
/** What becomes of the appends of a worker. */
let appends: (connection: string) => StoreFate;

async function join(env: Record<string, string> = {}): Promise<Worker> {
  const name = `worker${workers.length}`;
  const connection = broker.connect(name);
  const random = createSeededRandom(workers.length + 1);
  const worker = await startWorker({
    config: loadConfig(['shared', 'worker'], { VOLTLANE_PARTITIONS: String(PARTITIONS), ...env }, () => '').config,
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
  appends = () => 'pass';
  broker = createMemoryBus({
    clock: systemClock,
    faults: {
      store: ({ connection, kind, store }) =>
        kind === 'write' && store === JOURNAL.name ? appends(connection) : 'pass',
    },
  });
  bus = broker.connect('edge');
  edge = createEdgePlayer(bus, subjects, PARTITIONS);
  workers = [];
  chargers = chargerPerPartition(PARTITIONS);
  await join();
  await Promise.all(chargers.map((charger) => edge.send(opened(charger))));
  await Promise.all(chargers.map((charger) => edge.send(call(charger, 1, 'BootNotification', BOOT))));
});

afterEach(async () => {
  edge.stop();
  for (const worker of workers) await worker.stop();
});

async function holders(): Promise<ReadonlyMap<number, string>> {
  const claims = await bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const found = new Map<number, string>();
  for (const key of await claims.keys()) {
    const entry = await claims.get(key);
    const holder = entry === undefined ? undefined : decodeClaim(entry.value).worker;
    if (holder !== undefined) found.set(Number(key.slice(2)), holder);
  }
  return found;
}

async function shared(count: number): Promise<void> {
  await waitUntil(`all partitions shared by ${count}`, async () => {
    const found = await holders();
    return found.size === PARTITIONS && new Set(found.values()).size === count;
  });
}

/** Each charger's starts as the journal holds them. */
async function starts(): Promise<readonly (readonly (string | undefined)[])[]> {
  const history = eventsByCharger(await readHistory(await bus.journal(JOURNAL), subjects.eventFilter({})));
  return chargers.map((charger) =>
    (history.get(charger) ?? [])
      .filter(({ event }) => event.kind === 'transaction.started')
      .map(({ messageId }) => messageId),
  );
}

function startAll(seq: number): Promise<DownlinkReply>[] {
  return chargers.map((charger) => edge.send(call(charger, seq, 'StartTransaction', start(seq))));
}

function everyCharger(...messageIds: string[]): readonly (readonly string[])[] {
  return chargers.map(() => messageIds);
}

describe('single actor', () => {
  it('announces each partition a worker gains, with its epoch, when the worker listens', async () => {
    const heard = new Map<number, number>();
    let deaf = 0;
    bus.subscribe(subjects.edgeFilter(edgeId('probe')), (message) => {
      if (message.noResponders) deaf += 1;
    });
    bus.subscribe(subjects.ownerFilter(), (message) => {
      const { partition, epoch: gained } = decodeOwner(message.data);
      heard.set(partition, gained);
      bus.publish(subjects.call(partition), new Uint8Array([0]), subjects.edgeReply(edgeId('probe'), partition));
    });
    await join();
    await shared(2);
    expect(heard.size).toBeGreaterThan(0);
    for (const partition of heard.keys()) expect(heard.get(partition)).toBe(2);
    expect(deaf).toBe(0);
  });

  it('finishes the message in hand before its partition moves, and answers it once', async () => {
    appends = (connection) => (connection === 'worker0' ? { delayMs: 300 } : 'pass');
    const before = edge.accepted.length;
    const pending = startAll(2);
    await join();
    const replies = await Promise.all(pending);
    // Nobody else had the partition before the message was through.
    expect(new Set(replies.map((reply) => reply.epoch))).toEqual(new Set([1]));
    expect(edge.accepted.length - before).toBe(PARTITIONS);
    await shared(2);
    expect(await starts()).toEqual(everyCharger('m2'));
    expect(edge.fenced).toEqual([]);
  });

  it('gives up a message that takes longer than handOverMs; its next owner answers it, and it counts once', async () => {
    appends = (connection) => (connection === 'worker1' ? { delayMs: 700 } : 'pass');
    await join({ VOLTLANE_HAND_OVER_MS: '100', VOLTLANE_REBALANCE_IN_FLIGHT_MAX: '16' });
    await workers[0]?.stop();
    const pending = startAll(2);
    await join();
    const replies = await Promise.all(pending);
    const moved = [...(await holders()).entries()].filter(([, holder], _index, all) => holder !== all[0]?.[1]);
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(replies.map((reply) => reply.epoch)).size).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await starts()).toEqual(everyCharger('m2'));
    expect(edge.fenced).toEqual([]);
  });

  it('does nothing for a partition from the moment somebody else has its claim', async () => {
    appends = () => ({ delayMs: 200 });
    const thief = workerId('w-thief');
    const members = await bus.keyValue({ bucket: WORKERS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
    const claims = await bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
    const pending = startAll(2);
    await waitUntil('appends under way', () => (edge.sent() >= 3 * PARTITIONS ? true : undefined));
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const key of await claims.keys()) await claims.put(key, encodeClaim({ worker: thief, epoch: epoch(2) }));
    appends = () => 'pass';
    const replies = await Promise.all(pending);
    // The appends that were under way count; their replies came from who had the partition next.
    expect(replies.every((reply) => reply.epoch === 3)).toBe(true);
    expect(await starts()).toEqual(everyCharger('m2'));
    expect(await members.get(thief)).toBeUndefined();
  });

  it('keeps order and applies everything once while workers come and go', async () => {
    const last = new Map<string, number>();
    const stop = new AbortController();
    const load = chargers.map(async (charger) => {
      for (let n = 2; !stop.signal.aborted; n += 1) {
        const reply = await edge.send(call(charger, n, 'StartTransaction', start(n)));
        expect(reply.outcome.kind).toBe('result');
        last.set(charger, n);
        // The memory bus lives on microtasks: without a pause nobody's timers would run.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await join();
    await shared(2);
    await join();
    await shared(3);
    await workers[0]?.stop();
    await shared(2);
    broker.cut('worker1');
    await waitUntil('the cut worker replaced', async () => new Set((await holders()).values()).size === 1);
    broker.heal('worker1');
    await shared(2);
    stop.abort();
    await Promise.all(load);
    const expected = chargers.map((charger) =>
      Array.from({ length: (last.get(charger) ?? 1) - 1 }, (_, index) => `m${index + 2}`),
    );
    expect(await starts()).toEqual(expected);
    expect(edge.fenced).toEqual([]);
  });
});
