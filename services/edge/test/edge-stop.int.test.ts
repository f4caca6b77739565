import { systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { Rig, RigOptions, TestCharger } from './rig.ts';
import { startRig, waitUntil } from './rig.ts';

let rig: Rig | undefined;

const start = async (options?: RigOptions): Promise<Rig> => {
  rig = await startRig(options);
  return rig;
};

const connect = (path: string, protocols?: string | string[]): Promise<TestCharger> => {
  if (rig === undefined) throw new Error('start first');
  return rig.connect(path, protocols);
};

const heartbeat = (id: string): string => `[2,"${id}","Heartbeat",{}]`;
const ANSWER = '{"currentTime":"2026-01-01T00:00:00.000Z"}';

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

describe('a stop', () => {
  it('answers what is pending, closes with 1001, tells the workers, and takes nobody new', async () => {
    const { worker, edge } = await start({ config: { stopDeadlineMs: 3_000 } });
    const idle = await connect('/ocpp/Idle');
    const busy = await connect('/ocpp/Busy');
    let release = (): void => undefined;
    worker.script = (call) => {
      release = () => worker.reply(call, { kind: 'result', payload: ANSWER });
      return undefined;
    };
    busy.send(heartbeat('1'));
    await waitUntil(() => worker.calls().length === 1, 'the call is pending');
    const stopped = edge.stop();
    expect((await idle.waitClosed()).code).toBe(1001);
    expect(busy.closed).toBeUndefined();
    expect(edge.readiness().ready).toBe(false);
    await expect(connect('/ocpp/New')).rejects.toThrow('ECONNREFUSED');
    release();
    expect(await busy.next()).toBe(`[3,"1",${ANSWER}]`);
    expect((await busy.waitClosed()).code).toBe(1001);
    await stopped;
    expect(worker.uplinks.filter((up) => up.kind === 'sessionClosed')).toHaveLength(2);
    expect(edge.sessions()).toBe(0);
    expect(edge.pending()).toBe(0);
  });

  it('ends before its deadline when a charger and a worker are silent', async () => {
    const { worker, edge, log } = await start({ config: { stopDeadlineMs: 1_000 } });
    worker.script = () => undefined;
    worker.notes = false;
    const charger = await connect('/ocpp/CP1');
    charger.send(heartbeat('1'));
    await waitUntil(() => worker.calls().length === 1, 'the call is pending');
    const startMs = systemClock.monotonicMs();
    await edge.stop();
    expect(systemClock.monotonicMs() - startMs).toBeLessThan(1_000);
    expect(charger.closed === undefined || charger.closed.code === 1006).toBe(true);
    expect(log.at(-1)).toContain('edge stopped before all was delivered');
  });

  it('closes many sockets at the set pace', async () => {
    const { edge } = await start({ config: { drainPerSecond: 50 } });
    const chargers: TestCharger[] = [];
    for (let id = 0; id < 30; id += 1) chargers.push(await connect(`/ocpp/CP${id}`));
    const startMs = systemClock.monotonicMs();
    await edge.stop();
    expect(systemClock.monotonicMs() - startMs).toBeGreaterThan(500);
    expect(chargers.every((charger) => charger.closed?.code === 1001)).toBe(true);
  });
});
