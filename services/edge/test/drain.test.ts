/** The pacer on a fake clock: order, pace, deadline, and when it lets go. */
import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/connection.ts';
import type { Closing } from '../src/drain.ts';
import { createPacer } from '../src/drain.ts';
import { createCountingMetrics } from './counting-metrics.ts';
import { connectionOf } from './lone-connection.ts';

interface Fleet {
  readonly told: string[];
  readonly connections: Connection[];
  readonly add: (id: string) => Connection;
}

const fleet = (): Fleet => {
  const told: string[] = [];
  const connections: Connection[] = [];
  const metrics = createCountingMetrics();
  return {
    told,
    connections,
    add(id) {
      const connection = connectionOf(id, metrics, () => told.push(id));
      connections.push(connection);
      return connection;
    },
  };
};

const closing = (over: Partial<Closing> = {}): Closing => ({
  code: 1001,
  reason: 'edge stops',
  withinMs: Number.POSITIVE_INFINITY,
  wanted: () => true,
  ...over,
});

const heartbeat = (connection: Connection): void => connection.frame('[2,"1","Heartbeat",{}]', 22);

describe('the pacer', () => {
  it('closes idle sockets first and those with a call in flight last, whichever way the call goes', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    heartbeat(add('busyUp'));
    add('busyDown').handle({
      kind: 'command',
      commandId: 'c',
      action: 'Reset',
      payload: '{"type":"Soft"}',
      timeoutMs: 9e9,
    });
    for (const id of ['a', 'b', 'c']) add(id);
    const pacer = createPacer(clock, { all: () => connections.values() }, 50);
    const done = pacer.close(closing());
    const busyTold = (): number =>
      connections.slice(0, 2).filter(({ session }) => session.drainAs !== undefined).length;
    for (let turn = 0; turn < 20 && told.length < 3; turn += 1) {
      expect(busyTold()).toBe(0);
      await clock.advanceAsync(20);
    }
    expect([...told].sort()).toEqual(['a', 'b', 'c']);
    for (let turn = 0; turn < 20; turn += 1) await clock.advanceAsync(20);
    await done;
    expect(busyTold()).toBe(2);
    // Told, and closed only with the last answer.
    expect(told).toHaveLength(3);
    connections[1]?.frame('[3,"c",{"status":"Accepted"}]', 30);
    expect(told.at(-1)).toBe('busyDown');
  });

  it('looks up who is there a few times and not at each step, and forgets nobody who came or got busy meanwhile', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    for (let id = 0; id < 500; id += 1) add(`CP${id}`);
    let looks = 0;
    const all = (): IterableIterator<Connection> => {
      looks += 1;
      return connections.filter(({ session }) => session.phase === 'open').values();
    };
    const done = createPacer(clock, { all }, 100).close(closing());
    for (let turn = 0; turn < 50; turn += 1) await clock.advanceAsync(20);
    const late = add('late');
    const busy = connections.find(({ session }) => session.drainAs === undefined);
    if (busy !== undefined) heartbeat(busy);
    for (let turn = 0; turn < 300; turn += 1) await clock.advanceAsync(20);
    await done;
    expect(told).toHaveLength(500);
    expect(told).toContain('late');
    expect([late, busy].map((one) => one?.session.drainAs?.code)).toEqual([1001, 1001]);
    // 300 steps.
    expect(looks).toBeLessThan(6);
  });

  it('keeps the pace, also one below a socket per step', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    for (let id = 0; id < 10; id += 1) add(`CP${id}`);
    void createPacer(clock, { all: () => connections.values() }, 2).close(closing());
    await clock.advanceAsync(0);
    expect(told).toHaveLength(1);
    for (let turn = 0; turn < 105; turn += 1) await clock.advanceAsync(20);
    expect(told.length).toBe(5);
  });

  it('is faster than its pace when the deadline asks for it', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    for (let id = 0; id < 100; id += 1) add(`CP${id}`);
    const done = createPacer(clock, { all: () => connections.values() }, 1).close(closing({ withinMs: 1_000 }));
    for (let turn = 0; turn < 51; turn += 1) await clock.advanceAsync(20);
    await done;
    expect(told).toHaveLength(100);
  });

  it('does not make up for a stall at once, and still is done in time', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    for (let id = 0; id < 4_000; id += 1) add(`CP${id}`);
    const done = createPacer(clock, { all: () => connections.values() }, 100).close(closing({ withinMs: 10_000 }));
    for (let turn = 0; turn < 50; turn += 1) await clock.advanceAsync(20);
    const before = told.length;
    expect(before).toBeGreaterThan(390);
    expect(before).toBeLessThan(415);
    // One step, three seconds late: nothing else runs on the way.
    clock.advance(3_000);
    await clock.advanceAsync(0);
    expect(told.length - before).toBeLessThan(75);
    for (let turn = 0; turn < 302; turn += 1) await clock.advanceAsync(20);
    await done;
    expect(told).toHaveLength(4_000);
  });

  it('closes who came through the handshake meanwhile, and stops when it is not wanted any more', async () => {
    const clock = createFakeClock();
    const { told, connections, add } = fleet();
    for (let id = 0; id < 4; id += 1) add(`CP${id}`);
    let wanted = true;
    const done = createPacer(clock, { all: () => connections.values() }, 50).close(closing({ wanted: () => wanted }));
    await clock.advanceAsync(0);
    add('late');
    for (let turn = 0; turn < 20 && !told.includes('late'); turn += 1) await clock.advanceAsync(20);
    expect(told).toContain('late');
    for (let id = 0; id < 4; id += 1) add(`later${id}`);
    await clock.advanceAsync(20);
    wanted = false;
    await clock.advanceAsync(20);
    await done;
    expect(told.length).toBeLessThan(8);
  });
});
