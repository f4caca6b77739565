import { systemClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { ANSWER, connect, heartbeat, start } from './one-rig.ts';
import type { RigOptions, TestCharger } from './rig.ts';
import { waitUntil } from './rig.ts';

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

  it('closes with the code it was told, and without a close frame where the model needs that', async () => {
    const { tenant, chargerId } = await import('@voltlane/wire');
    const lookup: RigOptions['lookup'] = {
      find: async (address) => ({
        tenant: tenant('default'),
        chargerId: chargerId(address.chargerId),
        securityProfile: 0,
        versions: ['1.6'],
        strictness: 'strict',
        closeBy: address.chargerId === 'Odd' ? 'terminate' : 'close',
        password: undefined,
      }),
    };
    const { edge, worker, metrics } = await start({
      lookup,
      config: { drainCloseCode: '1012', stopDeadlineMs: 3_000 },
    });
    const usual = await connect('/ocpp/Usual');
    const odd = await connect('/ocpp/Odd');
    let release = (): void => undefined;
    worker.script = (call) => {
      release = () => worker.reply(call, { kind: 'result', payload: ANSWER });
      return undefined;
    };
    odd.send(heartbeat('1'));
    await waitUntil(() => worker.calls().length === 1, 'the call is pending');
    const stopped = edge.stop();
    expect(await usual.waitClosed()).toEqual({ code: 1012, reason: 'edge stops' });
    release();
    expect(await odd.next()).toBe(`[3,"1",${ANSWER}]`);
    expect((await odd.waitClosed()).code).toBe(1006);
    await stopped;
    expect(metrics.get('cut:quirk')).toBe(1);
    expect(edge.sessions()).toBe(0);
  });

  it('lets the charger answer the command it has', async () => {
    const { edge, worker } = await start();
    const charger = await connect('/ocpp/CP1');
    await waitUntil(() => worker.uplinks.length === 1, 'the session is known');
    worker.command(worker.session('CP1'), 'c1', 'Reset', '{"type":"Soft"}');
    await charger.next();
    const other = await connect('/ocpp/CP2');
    const stopped = edge.stop();
    await other.waitClosed();
    // Told to close by now as well, were it not for the command.
    await new Promise<void>((resolve) => systemClock.after(150, resolve));
    expect(charger.closed).toBeUndefined();
    charger.send('[3,"c1",{"status":"Accepted"}]');
    expect((await charger.waitClosed()).code).toBe(1001);
    await stopped;
    const [outcome] = worker.uplinks.flatMap((up) => (up.kind === 'answer' ? [up.outcome] : []));
    expect(outcome).toEqual({ kind: 'result', payload: '{"status":"Accepted"}' });
  });

  it('cuts a charger that does not take part in closing, in time to tell the workers', async () => {
    const { edge, worker, metrics } = await start({ config: { stopDeadlineMs: 2_000 } });
    const charger = await connect('/ocpp/CP1');
    await waitUntil(() => worker.uplinks.length === 1, 'the session is known');
    charger.socket.pause();
    await edge.stop();
    expect(metrics.get('cut:stop')).toBe(1);
    expect(worker.uplinks.filter((up) => up.kind === 'sessionClosed')).toHaveLength(1);
    expect(edge.sessions()).toBe(0);
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
