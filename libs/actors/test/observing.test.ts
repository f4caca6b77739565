/** A process that watches members without being one, as workers watch edges. */
import type { Bus, KeyValue, MemoryBroker } from '@voltlane/bus';
import { createMemoryBus } from '@voltlane/bus';
import type { FakeClock } from '@voltlane/time';
import { createFakeClock } from '@voltlane/time';
import type { EdgeId } from '@voltlane/wire';
import { edgeId, isEdgeId } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunningHeartbeat } from '../src/index.ts';
import { EDGES_BUCKET, Membership, startHeartbeat } from '../src/index.ts';

const TIMES = { heartbeatMs: 1000, selfFenceMs: 2800, memberExpiryMs: 4000 };
const EDGE = edgeId('e1');

let clock: FakeClock;
let broker: MemoryBroker;

async function soon<T>(pending: Promise<T>): Promise<T> {
  await clock.advanceAsync(20);
  return pending;
}

async function open(name: string): Promise<{ bus: Bus; members: KeyValue }> {
  const bus = broker.connect(name);
  return { bus, members: await soon(bus.keyValue({ bucket: EDGES_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 })) };
}

async function beat(name: string = EDGE): Promise<RunningHeartbeat> {
  const { bus, members } = await open(name);
  return soon(startHeartbeat({ member: name, members, bus, clock }, TIMES.heartbeatMs));
}

async function observe(name: string): Promise<Membership<EdgeId>> {
  const { bus, members } = await open(name);
  const watching = new Membership<EdgeId>({
    self: edgeId(name),
    isMember: isEdgeId,
    role: 'observing',
    members,
    bus,
    clock,
    times: TIMES,
  });
  await soon(watching.start({ fenced: () => undefined, changed: () => undefined, ticked: () => undefined }));
  return watching;
}

beforeEach(() => {
  clock = createFakeClock();
  broker = createMemoryBus({ clock });
});

describe('an observer', () => {
  it('sees members come, live and die, and neither itself nor other observers', async () => {
    const [one, two] = [await observe('w1'), await observe('w2')];
    await beat();
    await clock.advanceAsync(30_000);
    for (const watching of [one, two]) expect([watching.present(), watching.active()]).toEqual([[EDGE], [EDGE]]);
    broker.cut(EDGE);
    await clock.advanceAsync(4000);
    expect(one.present()).toEqual([EDGE]);
    await clock.advanceAsync(1300);
    for (const watching of [one, two]) expect([watching.present(), watching.isLive(EDGE)]).toEqual([[], false]);
    broker.heal(EDGE);
    await clock.advanceAsync(1100);
    expect(one.present()).toEqual([EDGE]);
  });

  it('knows when it would not hear, and judges nobody then', async () => {
    const watching = await observe('w1');
    await beat();
    broker.cut('w1');
    await clock.advanceAsync(60_000);
    expect([watching.hears(), watching.present()]).toEqual([false, [EDGE]]);
    broker.heal('w1');
    await clock.advanceAsync(1100);
    expect([watching.hears(), watching.present()]).toEqual([true, [EDGE]]);
  });

  it('sees at once that a member has left', async () => {
    const watching = await observe('w1');
    const heartbeat = await beat();
    await clock.advanceAsync(2000);
    await soon(heartbeat.stop());
    await clock.advanceAsync(20);
    expect(watching.present()).toEqual([]);
  });

  it('removes the entries of the long dead, of other observers too; one of them is enough', async () => {
    await observe('w1');
    await observe('w2');
    await beat();
    broker.cut(EDGE);
    broker.cut('w2');
    const { members } = await open('reader');
    await clock.advanceAsync(300_000);
    expect(await soon(members.keys())).toEqual(['w1']);
  });
});
