/** The fence and the verdicts at the millisecond, with a bucket whose answers and watch are played by hand and no timer but those asked for. */
import type { BusStatus, KeyValue, KvChange } from '@voltlane/bus';
import type { FakeClock } from '@voltlane/time';
import { createFakeClock } from '@voltlane/time';
import type { WorkerId } from '@voltlane/wire';
import { isWorkerId, workerId } from '@voltlane/wire';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PresenceLine } from '../src/index.ts';
import { encodeMember, Membership } from '../src/index.ts';

const ME = workerId('me');
const PEER = workerId('peer');
const TIMES = { heartbeatMs: 250, selfFenceMs: 700, memberExpiryMs: 1000 };

let clock: FakeClock;
let ticks: (() => void)[];
let acks: (() => void)[];
let onChange: (change: KvChange) => void;
let onStatus: (status: BusStatus) => void;
let told: string[];
let membership: Membership<WorkerId>;
let revision: number;

/** Everything a promise chain can do without the clock. */
async function settle(): Promise<void> {
  await clock.advanceAsync(0);
}

function seen(worker: typeof ME): void {
  revision += 1;
  onChange({ key: worker, value: encodeMember({ member: worker, beat: revision, state: 'active' }), revision });
}

async function passTo(ms: number): Promise<void> {
  await clock.advanceAsync(ms - clock.monotonicMs());
}

function tick(): void {
  for (const each of ticks) each();
}

async function begin(line?: PresenceLine<WorkerId>): Promise<void> {
  clock = createFakeClock();
  ticks = [];
  acks = [];
  told = [];
  revision = 0;
  const unused = (): Promise<never> => Promise.reject(new Error('not used here'));
  const members: KeyValue = {
    get: unused,
    update: unused,
    keys: unused,
    delete: () => Promise.resolve(),
    drop: () => Promise.resolve(),
    put: () => new Promise((resolve) => acks.push(() => resolve(1))),
    watch: (_filter, change, ready) => {
      onChange = change;
      ready?.();
      return Promise.resolve({ unsubscribe: () => undefined });
    },
  };
  membership = new Membership({
    self: ME,
    isMember: isWorkerId,
    role: 'active',
    members,
    bus: {
      status: () => 'connected',
      onStatus: (listener) => {
        onStatus = listener;
        return { unsubscribe: () => undefined };
      },
    },
    clock: {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      after: (ms, fire) => clock.after(ms, fire),
      every: (_ms, fire) => {
        ticks.push(fire);
        return () => undefined;
      },
    },
    times: TIMES,
    ...(line === undefined ? {} : { line }),
  });
  await membership.start({
    fenced: () => void told.push(`fenced at ${clock.monotonicMs()}`),
    changed: () => void told.push(`changed at ${clock.monotonicMs()}`),
    ticked: () => undefined,
  });
}

beforeEach(() => begin());

describe('the fence', () => {
  it('counts from the sending of a heartbeat, not from its acknowledgement', async () => {
    await passTo(600);
    acks.shift()?.();
    await settle();
    expect(membership.isCurrent()).toBe(true);
    await passTo(700);
    expect(membership.isCurrent()).toBe(true);
    await passTo(701);
    expect(membership.isCurrent()).toBe(false);
  });

  it('is not lifted by a heartbeat that left before it fell, until all was let go', async () => {
    acks.shift()?.();
    await settle();
    await passTo(690);
    onStatus('connected');
    expect(acks.length).toBe(1);
    // The process stands still with that heartbeat in its buffer; no timer has run when the answer comes.
    await passTo(1301);
    told = [];
    acks.shift()?.();
    await settle();
    expect(told[0]).toBe('fenced at 1301');
    expect(membership.isCurrent()).toBe(true);
  });

  it('does not fall for a worker that never was current', async () => {
    await passTo(5000);
    tick();
    expect(told).toEqual([]);
    expect(membership.active()).toEqual([]);
  });
});

describe('verdicts', () => {
  it('wait for the own heartbeat to come back, and then grant a fresh period', async () => {
    acks.shift()?.();
    await settle();
    seen(ME);
    seen(PEER);
    await passTo(1500);
    tick();
    expect(membership.isLive(PEER)).toBe(true);
    seen(ME);
    tick();
    expect(membership.isLive(PEER)).toBe(true);
    for (const at of [2000, 2499]) {
      await passTo(at);
      seen(ME);
      tick();
      expect(membership.isLive(PEER)).toBe(true);
    }
    await passTo(2501);
    tick();
    expect(membership.isLive(PEER)).toBe(false);
  });

  it('grant a fresh period after a reconnect, however short the connection was away', async () => {
    await passTo(300);
    seen(PEER);
    seen(ME);
    await passTo(950);
    onStatus('connected');
    seen(ME);
    await passTo(1400);
    seen(ME);
    tick();
    expect(membership.isLive(PEER)).toBe(true);
    await passTo(1951);
    seen(ME);
    tick();
    expect(membership.isLive(PEER)).toBe(false);
  });
});

describe('the line', () => {
  let connected: boolean;
  let looks: number;
  /** The own heartbeat is acknowledged and comes back. */
  const beat = async (): Promise<void> => {
    tick();
    for (const ack of acks.splice(0)) ack();
    await settle();
    seen(ME);
  };

  beforeEach(async () => {
    connected = true;
    looks = 0;
    await begin({
      hold: () => ({ unsubscribe: () => undefined }),
      isHeld: () => {
        looks += 1;
        return Promise.resolve(connected);
      },
    });
    await beat();
    seen(PEER);
  });

  it('of somebody who is silent for two heartbeats and gone makes him dead at once', async () => {
    connected = false;
    await passTo(500);
    await beat();
    expect([looks, membership.isLive(PEER)]).toEqual([0, true]);
    await passTo(501);
    await beat();
    expect([looks, membership.isLive(PEER)]).toEqual([1, false]);
    expect(told.at(-1)).toBe('changed at 501');
  });

  it('gives somebody who hangs all of his time, and is asked once a heartbeat', async () => {
    for (let at = 450; at <= 1000; at += 50) {
      await passTo(at);
      await beat();
    }
    expect([looks, membership.isLive(PEER)]).toEqual([2, true]);
    await passTo(1001);
    await beat();
    expect(membership.isLive(PEER)).toBe(false);
  });

  it('says nothing against a heartbeat that came while it was looked for', async () => {
    connected = false;
    await passTo(501);
    tick();
    seen(PEER);
    await settle();
    expect([looks, membership.isLive(PEER)]).toEqual([1, true]);
  });

  it('fences a worker that was away for so long that others found nobody on its own', async () => {
    expect(membership.isCurrent()).toBe(true);
    await passTo(501);
    told = [];
    onStatus('connected');
    expect(told[0]).toBe('fenced at 501');
    expect(membership.isCurrent()).toBe(false);
  });

  it('is not missed for a shorter time', async () => {
    await passTo(500);
    onStatus('connected');
    expect(membership.isCurrent()).toBe(true);
  });
});
