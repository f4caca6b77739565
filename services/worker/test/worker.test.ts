/** The worker from uplink message to reply and record, over the memory bus, with the real handlers. */

import type { Bus, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import type { HistoryEvent } from '@voltlane/testkit';
import { eventsByCharger, readHistory, waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { Downlink, DownlinkReply, SessionHeader, Uplink, UplinkCall } from '@voltlane/wire';
import {
  chargerId,
  createSubjects,
  decodeDownlink,
  edgeId,
  encodeUplink,
  partitionOf,
  sessionId,
  tenant,
} from '@voltlane/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Worker } from '../src/index.ts';
import { startWorker } from '../src/index.ts';
import { ResidentActor } from '../src/resident-actor.ts';

const PARTITIONS = 4;
const EDGE = edgeId('edge1');
const subjects = createSubjects('');
const JOURNAL = eventJournalOptions(subjects, {
  maxAgeMs: 168 * 3_600_000,
  replicas: 1,
  storage: 'file',
  duplicateWindowMs: 600_000,
});

let broker: MemoryBroker;
let edge: Bus;
let workers: Worker[];
let replies: DownlinkReply[];
let others: Downlink[];
let publishes: number;

async function start(): Promise<Worker> {
  const bus = broker.connect(`worker${workers.length}`);
  const random = createSeededRandom(1);
  const { config } = loadConfig(['shared', 'worker'], { VOLTLANE_PARTITIONS: String(PARTITIONS) }, () => '');
  const worker = await startWorker({
    config,
    bus,
    registry: await openRegistry(bus),
    settings: await openClusterSettings(bus, { partitions: PARTITIONS }, random),
    subjects,
    clock: systemClock,
    random,
    telemetry: createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' }),
  });
  workers.push(worker);
  return worker;
}

beforeEach(async () => {
  broker = createMemoryBus({ clock: systemClock });
  edge = broker.connect('edge');
  workers = [];
  replies = [];
  others = [];
  publishes = 0;
  edge.subscribe(subjects.edgeFilter(EDGE), (message) => {
    if (message.noResponders) return;
    const down = decodeDownlink(message.data);
    if (down.kind === 'reply') replies.push(down);
    else others.push(down);
  });
  await start();
});

afterEach(async () => {
  for (const worker of workers) await worker.stop();
});

function header(session = 's1', charger = 'CP1'): SessionHeader {
  return {
    tenant: tenant('default'),
    chargerId: chargerId(charger),
    edgeId: EDGE,
    sessionId: sessionId(session),
    version: '1.6',
  };
}

function opened(session = 's1'): Uplink {
  const rest = { openedAtMs: 1_767_225_600_000, remoteAddress: '127.0.0.1', securityProfile: 0 };
  return { ...header(session), kind: 'sessionOpened', seq: 0, ...rest };
}

function call(seq: number, action: string, payload: object, over: Partial<UplinkCall> = {}): UplinkCall {
  return {
    ...header(),
    kind: 'call',
    seq,
    messageId: `m${seq}`,
    action,
    payload: JSON.stringify(payload),
    receivedAtMs: systemClock.nowMs(),
    budgetMs: 5000,
    send: false,
    deviations: [],
    ...over,
  };
}

async function ask(uplink: Uplink): Promise<DownlinkReply['outcome']> {
  const before = replies.length;
  publishes += 1;
  const partition = partitionOf(uplink.tenant, uplink.chargerId, PARTITIONS);
  edge.publish(subjects.call(partition), encodeUplink(uplink), subjects.edgeReply(EDGE, publishes));
  return waitUntil('a reply', () => replies[before]?.outcome, { timeoutMs: 3000, everyMs: 1 });
}

async function result(uplink: Uplink): Promise<Record<string, unknown>> {
  const outcome = await ask(uplink);
  if (outcome.kind !== 'result') throw new Error(`expected a result, got ${JSON.stringify(outcome)}`);
  return JSON.parse(outcome.payload) as Record<string, unknown>;
}

async function events(charger = 'CP1'): Promise<readonly HistoryEvent[]> {
  const journal = await edge.journal(JOURNAL);
  return eventsByCharger(await readHistory(journal, subjects.eventFilter({}))).get(charger) ?? [];
}

async function kinds(): Promise<string[]> {
  return (await events()).map(({ event }) => event.kind);
}

const BOOT = { chargePointVendor: 'V', chargePointModel: 'M' };
const START = { connectorId: 1, idTag: 'TAG', meterStart: 100, timestamp: '2026-01-01T10:00:00Z' };

async function bootAndStart(): Promise<number> {
  await ask(opened());
  await ask(call(1, 'BootNotification', BOOT));
  return Number((await result(call(2, 'StartTransaction', START)))['transactionId']);
}

describe('a worker', () => {
  it('answers a charging session and records it as one story', async () => {
    const transactionId = await bootAndStart();
    expect(transactionId).toBeGreaterThan(0);
    const meterValue = [{ timestamp: '2026-01-01T10:30:00Z', sampledValue: [{ value: '600' }] }];
    await result(call(3, 'MeterValues', { connectorId: 1, transactionId, meterValue }));
    await result(call(4, 'StopTransaction', { transactionId, meterStop: 1100, timestamp: '2026-01-01T11:00:00Z' }));
    expect(await kinds()).toEqual([
      'charger.connected',
      'charger.booted',
      'transaction.started',
      'meter.values',
      'transaction.ended',
    ]);
    expect((await events()).at(-1)?.event.data['energyWh']).toBe(1000);
  });

  it('answers a heartbeat without leaving a record, and without reading the state of the charger', async () => {
    await bootAndStart();
    const before = (await events()).length;
    const state = vi.spyOn(ResidentActor.prototype, 'state', 'get');
    const answer = await result(call(3, 'Heartbeat', {}));
    expect(typeof answer['currentTime']).toBe('string');
    expect(state).not.toHaveBeenCalled();
    state.mockRestore();
    expect((await events()).length).toBe(before);
  });

  it('gives a resend of the edge the same answer and no second effect', async () => {
    const transactionId = await bootAndStart();
    expect(await result(call(2, 'StartTransaction', START))).toMatchObject({ transactionId });
    expect((await kinds()).filter((kind) => kind === 'transaction.started').length).toBe(1);
  });

  it('gives the same start under another message id, in another session, the same transaction', async () => {
    const transactionId = await bootAndStart();
    const again = call(1, 'StartTransaction', START, { ...header('s2'), messageId: 'other' });
    expect(await result(again)).toMatchObject({ transactionId });
    expect((await kinds()).filter((kind) => kind === 'transaction.started').length).toBe(1);
  });

  it('remembers all of it after it died and another took over', async () => {
    const transactionId = await bootAndStart();
    await start();
    expect(await result(call(2, 'StartTransaction', START))).toMatchObject({ transactionId });
    await result(call(3, 'StopTransaction', { transactionId, meterStop: 150, timestamp: '2026-01-01T11:00:00Z' }));
    expect(
      await result(call(3, 'StopTransaction', { transactionId, meterStop: 150, timestamp: '2026-01-01T11:00:00Z' })),
    ).toEqual({});
    expect(await kinds()).toEqual(['charger.connected', 'charger.booted', 'transaction.started', 'transaction.ended']);
  });

  it('learns a session from a call whose announcement was lost, and serves an accepted charger without a boot', async () => {
    await bootAndStart();
    await result(call(1, 'Heartbeat', {}, { ...header('s2'), messageId: 'x' }));
    expect((await kinds()).slice(-2)).toEqual(['charger.disconnected', 'charger.connected']);
    expect(others).toMatchObject([{ kind: 'close', sessionId: 's1' }]);
  });

  it('does not let the late end of an old session end the new one', async () => {
    await bootAndStart();
    await ask(opened('s2'));
    const closed = { kind: 'sessionClosed', seq: 9, closedAtMs: 1, code: 1006, reason: 'late' } as const;
    await ask({ ...header('s1'), ...closed });
    expect((await kinds()).filter((kind) => kind === 'charger.disconnected').length).toBe(1);
    await ask({ ...header('s2'), ...closed });
    expect((await kinds()).at(-1)).toBe('charger.disconnected');
  });

  it('records a refused transaction message once, and refuses it', async () => {
    await bootAndStart();
    const violation = { code: 'OccurenceConstraintViolation', description: 'idTag is missing' };
    const broken = { connectorId: 1, meterStart: 5 };
    expect(await ask(call(3, 'StartTransaction', broken, { violation }))).toMatchObject({
      kind: 'error',
      ...violation,
    });
    expect(await ask(call(4, 'StartTransaction', broken, { violation }))).toMatchObject({ kind: 'error' });
    expect((await kinds()).filter((kind) => kind === 'message.rejected').length).toBe(1);
  });

  it('refuses a charger that never booted with SecurityError', async () => {
    await ask(opened());
    expect(await ask(call(1, 'Heartbeat', {}))).toMatchObject({ kind: 'error', code: 'SecurityError' });
  });

  it('keeps each charger in order when many calls arrive at once', async () => {
    await bootAndStart();
    const before = replies.length;
    const partition = partitionOf(tenant('default'), chargerId('CP1'), PARTITIONS);
    for (let seq = 3; seq < 40; seq += 1) {
      publishes += 1;
      const status = seq % 2 === 0 ? 'Available' : 'Preparing';
      const uplink = call(seq, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status });
      edge.publish(subjects.call(partition), encodeUplink(uplink), subjects.edgeReply(EDGE, publishes));
    }
    await waitUntil('all replies', () => replies.length === before + 37);
    expect(replies.slice(before).map((reply) => reply.seq)).toEqual(
      Array.from({ length: 37 }, (_, index) => index + 3),
    );
    const order = (await events())
      .filter(({ event }) => event.kind === 'connector.status')
      .map((event) => event.messageId);
    expect(order).toEqual(Array.from({ length: 37 }, (_, index) => `m${index + 3}`));
  });
});
