/** The inbox listens to exactly the partitions it was told to. */
import { ActorHost } from '@voltlane/actors';
import type { Bus } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import { createTelemetry } from '@voltlane/telemetry';
import { createFakeClock } from '@voltlane/time';
import { createSubjects, encodeUplink, epoch, partitionId, workerId } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChargerActor, Inbound } from '../src/charger-actor.ts';
import { Inbox } from '../src/inbox.ts';
import type { WorkerMetrics } from '../src/metrics.ts';
import { opened } from './uplinks.ts';

const P = partitionId(3);
const subjects = createSubjects('');
const clock = createFakeClock();

let bus: Bus;
let edge: Bus;
let inbox: Inbox;
let handled: string[];

beforeEach(() => {
  const broker = createMemoryBus({ clock });
  bus = broker.connect('worker');
  edge = broker.connect('edge');
  handled = [];
  const metrics: Pick<WorkerMetrics, 'refused' | 'unreadable'> = {
    refused: () => undefined,
    unreadable: () => undefined,
  };
  const host = new ActorHost<ChargerActor, Inbound>(
    {
      activate: (key) => {
        handled.push(key);
        return Promise.reject(new Error('not needed'));
      },
      receive: () => undefined,
      failed: () => ({ kind: 'drop' }),
    },
    { mailboxMessagesMax: 4, actorsMax: 4, idleMs: 1000, sweepMs: 500 },
    clock,
  );
  const { log } = createTelemetry({ service: 'worker', instance: 't', logLevel: 'fatal', logFormat: 'json' });
  inbox = new Inbox({ worker: workerId('w'), bus, host, subjects, clock, log, metrics });
});

async function arrive(): Promise<number> {
  edge.publish(subjects.call(P), encodeUplink(opened('CP1')), 'reply');
  await clock.advanceAsync(1);
  return handled.length;
}

describe('the inbox', () => {
  it('takes messages of a partition from when it is gained until it is lost', async () => {
    expect(await arrive()).toBe(0);
    inbox.gained(P, epoch(1));
    expect(await arrive()).toBe(1);
    inbox.lost(P);
    expect(await arrive()).toBe(1);
    expect(bus.stats().subscriptions).toBe(0);
  });

  it('takes each message once after a partition was lost and gained again', async () => {
    inbox.gained(P, epoch(1));
    inbox.lost(P);
    inbox.gained(P, epoch(3));
    expect(await arrive()).toBe(1);
    expect(bus.stats().subscriptions).toBe(1);
  });

  it('does not listen any more once it was told to release', async () => {
    inbox.gained(P, epoch(1));
    const released = inbox.released(P);
    expect(bus.stats().subscriptions).toBe(0);
    expect(await arrive()).toBe(0);
    await released;
    inbox.lost(P);
  });
});
