/** A worker under pressure, over the memory bus: who is told to boot later, and who is not. */
import type { Bus, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import { EMPTY_STATE } from '@voltlane/charger-state';
import { loadConfig } from '@voltlane/config';
import { openClusterSettings, openRegistry } from '@voltlane/registry';
import { createTelemetry } from '@voltlane/telemetry';
import { waitUntil } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { DownlinkReply, UplinkCall } from '@voltlane/wire';
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOOT_DEFERRALS_MAX, deferralIntervalS, mayDefer } from '../src/boot-deferral.ts';
import { DEFAULT_POLICY } from '../src/domain/policy.ts';
import type { Worker } from '../src/index.ts';
import { startWorker } from '../src/index.ts';

const PARTITIONS = 4;
const EDGE = edgeId('edge1');
const subjects = createSubjects('');
const BOOT = '{"chargePointVendor":"V","chargePointModel":"M"}';

const callOf = (id: string, seq: number, action = 'BootNotification', payload = BOOT): UplinkCall => ({
  kind: 'call',
  seq,
  tenant: tenant('default'),
  chargerId: chargerId(id),
  edgeId: EDGE,
  sessionId: sessionId(`s-${id}`),
  version: '1.6',
  messageId: `m${seq}`,
  action,
  payload,
  receivedAtMs: 1_772_366_400_000,
  budgetMs: 20_000,
  send: false,
  deviations: [],
});

describe('a boot under pressure', () => {
  const actor = (
    registration: typeof EMPTY_STATE.registration,
    verdict: typeof DEFAULT_POLICY.registration,
  ): Parameters<typeof mayDefer>[1] => ({
    state: { ...EMPTY_STATE, registration },
    policy: { ...DEFAULT_POLICY, registration: verdict },
    bootsDeferred: 0,
  });
  const may = (registration: typeof EMPTY_STATE.registration, verdict: typeof DEFAULT_POLICY.registration): boolean =>
    mayDefer(callOf('A', 1), actor(registration, verdict));

  it('is put off only where no service is lost by it', () => {
    expect(may('None', 'Accepted')).toBe(true);
    expect(may('Pending', 'Accepted')).toBe(true);
    expect(may('Rejected', 'Accepted')).toBe(true);
    expect(may('None', 'Pending')).toBe(true);
    expect(may('None', 'Rejected')).toBe(false);
    expect(may('Accepted', 'Accepted')).toBe(false);
    expect(mayDefer(callOf('A', 1, 'Heartbeat', '{}'), actor('None', 'Accepted'))).toBe(false);
    expect(mayDefer(callOf('A', 1), { ...actor('None', 'Accepted'), bootsDeferred: BOOT_DEFERRALS_MAX })).toBe(false);
  });

  it('names another time to each charger and each turn, half to one and a half of the interval', () => {
    const told = Array.from({ length: 500 }, (_, n) => deferralIntervalS(callOf(`C${n}`, 1), DEFAULT_POLICY, 0));
    expect(Math.min(...told)).toBeGreaterThanOrEqual(30);
    expect(Math.max(...told)).toBeLessThanOrEqual(90);
    expect(new Set(told).size).toBe(61);
    expect(
      new Set([0, 1, 2].map((turn) => deferralIntervalS(callOf('A', 1), DEFAULT_POLICY, turn))).size,
    ).toBeGreaterThan(1);
  });
});

describe('a worker under pressure', () => {
  let broker: MemoryBroker;
  let edge: Bus;
  let worker: Worker;
  let slow: boolean;
  let replies: DownlinkReply[];
  let numbers: number;

  beforeEach(async () => {
    slow = false;
    replies = [];
    numbers = 0;
    broker = createMemoryBus({
      clock: systemClock,
      faults: {
        store: ({ kind, subject }) =>
          slow && kind === 'write' && subject.includes('Busy') ? { delayMs: 60_000 } : 'pass',
      },
      storeTimeoutMs: 120_000,
    });
    edge = broker.connect('edge');
    edge.subscribe(subjects.edgeFilter(EDGE), (message) => {
      const down = decodeDownlink(message.data);
      if (down.kind === 'reply') replies.push(down);
    });
    const bus = broker.connect('worker');
    const random = createSeededRandom(1);
    const env = { VOLTLANE_PARTITIONS: String(PARTITIONS), VOLTLANE_PRESSURE_MESSAGES_MAX: '4' };
    const { config } = loadConfig(['shared', 'worker'], env, () => '');
    worker = await startWorker({
      config: { ...config, handOverMs: 50 },
      bus,
      registry: await openRegistry(bus),
      settings: await openClusterSettings(bus, { partitions: PARTITIONS }, random),
      subjects,
      clock: systemClock,
      random,
      telemetry: createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' }),
    });
  });

  afterEach(async () => {
    await worker.stop();
  });

  const send = (call: UplinkCall): void => {
    numbers += 1;
    const partition = partitionOf(call.tenant, call.chargerId, PARTITIONS);
    edge.publish(subjects.call(partition), encodeUplink(call), subjects.edgeReply(EDGE, numbers));
  };
  const ask = async (call: UplinkCall): Promise<string> => {
    const is = (reply: DownlinkReply): boolean => reply.sessionId === call.sessionId && reply.seq === call.seq;
    const before = replies.filter(is).length;
    send(call);
    const reply = await waitUntil(`the answer to ${call.chargerId} ${call.seq}`, () => replies.filter(is)[before]);
    return reply.outcome.kind === 'result' ? reply.outcome.payload : reply.outcome.kind;
  };
  /** More messages in hand than the limit, of chargers that are not put off; the worker looks ten times a second. */
  const press = async (): Promise<void> => {
    for (let n = 0; n < 8; n += 1) expect(await ask(callOf(`Busy${n}`, 1))).toContain('"Accepted"');
    slow = true;
    for (let n = 0; n < 8; n += 1) send(callOf(`Busy${n}`, 2));
    let probes = 0;
    await waitUntil('the worker notices', async () => {
      probes += 1;
      return (await ask(callOf(`Probe${probes}`, 1))).includes('"Pending"');
    });
  };

  it('tells a new charger to come back, with the state it had, and serves it after a few turns at the latest', async () => {
    await press();
    for (let turn = 1; turn <= BOOT_DEFERRALS_MAX; turn += 1) {
      const answer = await ask(callOf('New', turn));
      expect(answer).toContain('"Pending"');
      // The same call, sent again by the edge, is no further turn.
      expect(await ask(callOf('New', turn))).toBe(answer);
    }
    expect(
      await ask(
        callOf('New', 99, 'StatusNotification', '{"connectorId":0,"errorCode":"NoError","status":"Available"}'),
      ),
    ).toBe('error');
    expect(await ask(callOf('New', 100))).toContain('"Accepted"');
  });

  it('serves a charger that was accepted before and reboots', async () => {
    expect(await ask(callOf('Old', 1))).toContain('"Accepted"');
    await press();
    expect(await ask(callOf('Old', 2))).toContain('"Accepted"');
    expect(await ask(callOf('Old', 3, 'Heartbeat', '{}'))).toContain('currentTime');
  });
});
