import { storePassword } from '@voltlane/registry';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import { friendly } from './fake-worker.ts';
import { handshake, rawPeer, wsFrame } from './raw-peer.ts';
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => systemClock.after(ms, resolve));
const heartbeat = (id: string): string => `[2,"${id}","Heartbeat",{}]`;
const ANSWER = '{"currentTime":"2026-01-01T00:00:00.000Z"}';
const RESET = '{"type":"Soft"}';

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

describe('a call of a charger', () => {
  it('travels to the worker and its answer back to the socket', async () => {
    const { worker } = await start();
    const charger = await connect('/ocpp/CP1');
    expect(await charger.ask(heartbeat('1'))).toBe(`[3,"1",${ANSWER}]`);
    expect(worker.uplinks.map((up) => [up.kind, up.seq])).toEqual([
      ['sessionOpened', 0],
      ['call', 1],
    ]);
    expect(worker.calls('CP1')[0]).toMatchObject({
      tenant: 'default',
      chargerId: 'CP1',
      version: '1.6',
      payload: '{}',
    });
  });

  it('sent in the same packet as the handshake is not lost', async () => {
    const { edge } = await start();
    const peer = await rawPeer(edge.address.port);
    peer.write(Buffer.concat([Buffer.from(handshake('/ocpp/Early')), wsFrame(heartbeat('early'))]));
    await peer.until(() => peer.received().includes('[3,'), 'the answer');
    expect(peer.received()).toContain(`[3,"early",${ANSWER}]`);
    peer.socket.destroy();
  });

  it('sent while the registry is still being asked is not lost', async () => {
    const lookup = {
      find: async () => {
        await pause(50);
        return undefined;
      },
    };
    const { edge } = await start({ lookup });
    const peer = await rawPeer(edge.address.port);
    peer.write(handshake('/ocpp/Early'));
    await pause(10);
    peer.write(wsFrame(heartbeat('early')));
    await peer.until(() => peer.received().includes('[3,'), 'the answer');
    expect(peer.received()).toContain(`[3,"early",${ANSWER}]`);
    peer.socket.destroy();
  });

  it('keeps its order behind the one before, also when copies are lost and sent again', async () => {
    const { worker, metrics } = await start({ config: { callResendMs: 100 } });
    let dropped = 0;
    worker.script = (call) => {
      dropped += 1;
      // The first two copies of every call vanish.
      return dropped % 3 === 0 ? friendly(call) : undefined;
    };
    const charger = await connect('/ocpp/CP1');
    for (const id of ['a', 'b', 'c']) charger.send(heartbeat(id));
    const answers = [await charger.next(), await charger.next(), await charger.next()];
    expect(answers).toEqual(['a', 'b', 'c'].map((id) => `[3,"${id}",${ANSWER}]`));
    const copies = worker.calls('CP1').map((call) => `${call.messageId}${call.seq}`);
    expect(copies).toEqual(['a1', 'a1', 'a1', 'b2', 'b2', 'b2', 'c3', 'c3', 'c3']);
    expect(metrics.get('resent')).toBe(6);
    const budgets = worker
      .calls('CP1')
      .slice(0, 3)
      .map((call) => call.budgetMs);
    expect(budgets[2]).toBeLessThan((budgets[0] ?? 0) - 150);
  });

  it('gets InternalError when nobody answers in time, and the next one is served', async () => {
    const { worker, metrics } = await start({ config: { callDeadlineMs: 300, callResendMs: 100 } });
    worker.script = (call) => (call.messageId === 'lost' ? undefined : friendly(call));
    const charger = await connect('/ocpp/CP1');
    expect(await charger.ask(heartbeat('lost'))).toMatch(/^\[4,"lost","InternalError",/);
    expect(await charger.ask(heartbeat('next'))).toBe(`[3,"next",${ANSWER}]`);
    expect(metrics.get('call:Heartbeat:deadline')).toBe(1);
  });

  it('waits for a worker to appear and is then delivered once', async () => {
    const { worker, metrics } = await start({ listen: false });
    const charger = await connect('/ocpp/CP1');
    charger.send(heartbeat('1'));
    await waitUntil(() => metrics.get('noResponders') >= 3, 'some probes came back');
    worker.listen();
    expect(await charger.next()).toBe(`[3,"1",${ANSWER}]`);
    expect(worker.uplinks.map((up) => up.kind)).toEqual(['sessionOpened', 'call']);
  });

  it('is sent again when the bus comes back', async () => {
    const { worker, broker } = await start({ config: { callResendMs: 10_000 } });
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    broker.cut('edge');
    charger.send(heartbeat('2'));
    await pause(100);
    expect(worker.calls('CP1')).toHaveLength(1);
    broker.heal('edge');
    expect(await charger.next()).toBe(`[3,"2",${ANSWER}]`);
  });

  it('whose copy or reply was lost with the connection is sent again at once when the bus comes back', async () => {
    const { worker, broker, metrics } = await start({ config: { callResendMs: 10_000 } });
    const charger = await connect('/ocpp/CP1');
    worker.script = () => undefined;
    charger.send(heartbeat('1'));
    await waitUntil(() => worker.calls().length === 1, 'the call was published');
    worker.script = friendly;
    broker.cut('edge');
    broker.heal('edge');
    expect(await charger.next()).toBe(`[3,"1",${ANSWER}]`);
    expect(metrics.get('resent')).toBe(1);
  });

  it('goes at once to a new owner of the partition', async () => {
    const { worker } = await start({ config: { callResendMs: 10_000 } });
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    worker.script = () => undefined;
    charger.send(heartbeat('2'));
    await waitUntil(() => worker.calls().length === 2, 'the old owner has the call');
    worker.script = friendly;
    worker.epoch = 2;
    // Anything the new owner says about the partition shows that it is there.
    worker.command(worker.session('CP1'), 'c1', 'Reset', RESET);
    expect(await charger.next()).toBe(`[2,"c1","Reset",${RESET}]`);
    expect(await charger.next()).toBe(`[3,"2",${ANSWER}]`);
  });

  it('is answered once however often it was sent while it was pending', async () => {
    const { worker, metrics } = await start();
    let release = (): void => undefined;
    worker.script = (call) => {
      release = () => worker.reply(call, friendly(call) ?? { kind: 'noted' });
      return undefined;
    };
    const charger = await connect('/ocpp/CP1');
    for (let copy = 0; copy < 4; copy += 1) charger.send(heartbeat('same'));
    await waitUntil(() => metrics.get('coalesced') === 3, 'the copies were seen');
    release();
    for (let copy = 0; copy < 4; copy += 1) expect(await charger.next()).toBe(`[3,"same",${ANSWER}]`);
    expect(worker.calls()).toHaveLength(1);
  });
});

describe('a message of a worker', () => {
  it('with a lower epoch than seen is dropped', async () => {
    const { worker, metrics } = await start();
    const charger = await connect('/ocpp/CP1');
    worker.epoch = 5;
    await charger.ask(heartbeat('1'));
    worker.epoch = 4;
    worker.command(worker.session('CP1'), 'zombie', 'Reset', RESET);
    await waitUntil(() => metrics.get('downlink:fenced') === 1, 'the zombie was fenced');
    worker.epoch = 5;
    expect(await charger.ask(heartbeat('2'))).toBe(`[3,"2",${ANSWER}]`);
  });

  it('for a session nobody knows is counted and dropped', async () => {
    const { worker, metrics } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    const session = worker.session('CP1');
    charger.socket.close();
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'sessionClosed', 'the session closed');
    await waitUntil(() => rig?.edge.sessions() === 0, 'the session ended');
    worker.command(session, 'c1', 'Reset', RESET);
    await waitUntil(() => metrics.get('downlink:unknownSession') === 1, 'the command was dropped');
    expect(worker.uplinks.some((up) => up.kind === 'answer')).toBe(false);
  });

  it('becomes a CALL, and its answer an uplink', async () => {
    const { worker } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    worker.command(worker.session('CP1'), 'c1', 'Reset', RESET);
    expect(await charger.next()).toBe(`[2,"c1","Reset",${RESET}]`);
    charger.send('[3,"c1",{"status":"Accepted"}]');
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'answer', 'the answer arrived');
    expect(worker.uplinks.at(-1)).toMatchObject({
      commandId: 'c1',
      outcome: { kind: 'result', payload: '{"status":"Accepted"}' },
    });
  });

  it('times out at the edge', async () => {
    const { worker } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    worker.command(worker.session('CP1'), 'c1', 'Reset', RESET, 100);
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'answer', 'the timeout arrived');
    expect(worker.uplinks.at(-1)).toMatchObject({ outcome: { kind: 'timeout' } });
  });

  it('is lost at once when the socket closes', async () => {
    const { worker } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    worker.command(worker.session('CP1'), 'c1', 'Reset', RESET, 60_000);
    await charger.next();
    charger.socket.terminate();
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'sessionClosed', 'the session closed');
    expect(worker.uplinks.at(-2)).toMatchObject({ kind: 'answer', outcome: { kind: 'lost' } });
  });

  it('closes a socket with its code', async () => {
    const { worker } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    worker.close(worker.session('CP1'), 4001, 'elsewhere');
    expect(await charger.waitClosed()).toEqual({ code: 4001, reason: 'elsewhere' });
  });
});

describe('the newest socket of a charger', () => {
  it('wins, whatever the case of the identity; the late end of the old one does not touch it', async () => {
    const { worker, edge } = await start();
    const older = await connect('/ocpp/CP1');
    await older.ask(heartbeat('1'));
    const newer = await connect('/ocpp/cp1');
    expect((await older.waitClosed()).code).toBe(4001);
    await waitUntil(() => worker.uplinks.some((up) => up.kind === 'sessionClosed'), 'the old session closed');
    expect(await newer.ask(heartbeat('2'))).toBe(`[3,"2",${ANSWER}]`);
    expect(edge.connections()).toBe(1);
    expect(worker.session('cp1').sessionId > worker.session('CP1').sessionId).toBe(true);
  });

  it('does not take away what the old one still brings', async () => {
    const { worker } = await start();
    const older = await connect('/ocpp/CP1');
    worker.script = () => undefined;
    older.send(heartbeat('pending'));
    await waitUntil(() => worker.calls().length === 1, 'the call is pending');
    older.send('[2,"late","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]');
    await connect('/ocpp/CP1');
    worker.script = friendly;
    const [pending] = worker.calls();
    if (pending !== undefined) worker.reply(pending, { kind: 'result', payload: ANSWER });
    await waitUntil(() => worker.calls().some((call) => call.messageId === 'late'), 'the queued call arrived');
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'sessionClosed', 'closed comes last');
    expect(worker.calls().map((call) => call.messageId)).toEqual(['pending', 'late']);
  });

  it('is slowed down where no password protects the identity', async () => {
    const { metrics } = await start();
    for (let nth = 0; nth <= 10; nth += 1) await connect('/ocpp/CP1');
    await expect(connect('/ocpp/CP1')).rejects.toThrow('503');
    expect(metrics.get('handshake:replacing')).toBe(1);
    await connect('/ocpp/CP2');
  });
});

describe('limits', () => {
  it('a charger that pipelines is not read further, not punished, and loses nothing', async () => {
    const { worker, metrics } = await start({ config: { inboundQueueCallsMax: 4 } });
    const held: (() => void)[] = [];
    worker.script = (call) => {
      held.push(() => worker.reply(call, friendly(call) ?? { kind: 'noted' }));
      return undefined;
    };
    const charger = await connect('/ocpp/CP1');
    // More than one read of the socket can hold.
    const filler = 'x'.repeat(4_000);
    const calls = 200;
    for (let id = 0; id < calls; id += 1)
      charger.send(`[2,"${id}","DataTransfer",{"vendorId":"v","data":"${filler}"}]`);
    await waitUntil(() => metrics.get('paused') === 1, 'reading was paused');
    await pause(100);
    expect(metrics.get('received:call')).toBeLessThan(60);
    worker.script = friendly;
    held.shift()?.();
    for (let id = 0; id < calls; id += 1) expect(await charger.next()).toBe(`[3,"${id}",{}]`);
  });

  it('a slow reader is cut and another charger does not notice', async () => {
    const { edge, worker, metrics } = await start({ config: { outboundBytesMax: 65_536, frameBytesMax: 65_536 } });
    const other = await connect('/ocpp/Other');
    const peer = await rawPeer(edge.address.port);
    peer.write(handshake('/ocpp/Slow'));
    await peer.status();
    peer.socket.pause();
    const big = `{"status":"Accepted","data":"${'x'.repeat(60_000)}"}`;
    worker.script = (call) => (call.chargerId === 'Slow' ? { kind: 'result', payload: big } : friendly(call));
    for (let id = 0; id < 400 && !peer.ended(); id += 1)
      peer.write(wsFrame(`[2,"${id}","DataTransfer",{"vendorId":"v"}]`));
    await waitUntil(() => peer.ended() || metrics.get('cut:slowReader') > 0, 'the slow reader was cut');
    await pause(50);
    expect(metrics.get('cut:slowReader')).toBe(1);
    expect(metrics.get('sent:result')).toBeLessThan(400);
    expect(await other.ask(heartbeat('1'))).toBe(`[3,"1",${ANSWER}]`);
    peer.socket.destroy();
  });

  it('more sockets than allowed get 503 with Retry-After', async () => {
    const { edge, metrics } = await start({ config: { connectionsMax: 2 } });
    await connect('/ocpp/CP1');
    await connect('/ocpp/CP2');
    const peer = await rawPeer(edge.address.port);
    peer.write(handshake('/ocpp/CP3'));
    expect(await peer.status()).toBe(503);
    expect(peer.received()).toMatch(/Retry-After: \d+\r\n/);
    expect(metrics.get('handshake:connectionsMax')).toBe(1);
  });

  it('more upgrades a second than allowed get 503', async () => {
    const { metrics } = await start({ config: { upgradesPerSecond: 1, upgradesBurstMax: 1 } });
    await connect('/ocpp/CP1');
    await expect(connect('/ocpp/CP2')).rejects.toThrow('503');
    expect(metrics.get('handshake:rate')).toBe(1);
  });

  it('a handshake that takes too long ends', async () => {
    const { edge } = await start({ config: { handshakeTimeoutMs: 200 } });
    const peer = await rawPeer(edge.address.port);
    peer.write('GET /ocpp/CP1 HTTP/1.1\r\nHost: e\r\n');
    await peer.until(() => peer.ended(), 'the end of the connection');
    expect(peer.received()).toMatch(/^HTTP\/1.1 408 /);
  });

  it('a connection that says nothing ends', async () => {
    const { edge } = await start({ config: { handshakeTimeoutMs: 200 } });
    const peer = await rawPeer(edge.address.port);
    await peer.until(() => peer.ended(), 'the end of the connection');
    expect(edge.connections()).toBe(0);
  });

  it('a half-open socket is found by silence', async () => {
    const { edge, worker, metrics } = await start({ config: { pingIntervalMs: 200, idleTimeoutMs: 600 } });
    const lively = await connect('/ocpp/Lively');
    const peer = await rawPeer(edge.address.port);
    peer.write(handshake('/ocpp/Dead'));
    await peer.status();
    // Never answers a ping; `ws` on the other socket does.
    await waitUntil(() => metrics.get('cut:silent') === 1, 'the dead socket was cut');
    await waitUntil(
      () => worker.uplinks.some((up) => up.kind === 'sessionClosed' && up.chargerId === 'Dead'),
      'the worker knows',
    );
    expect(lively.closed).toBeUndefined();
    peer.socket.destroy();
  });

  it('a full edge refuses calls with InternalError instead of holding them', async () => {
    const { worker, metrics } = await start({ config: { pendingCallsMax: 1 } });
    worker.script = () => undefined;
    const first = await connect('/ocpp/CP1');
    const second = await connect('/ocpp/CP2');
    await waitUntil(() => worker.uplinks.length === 2, 'both sessions opened');
    first.send(heartbeat('1'));
    await waitUntil(() => worker.calls().length === 1, 'the first call is pending');
    expect(await second.ask(heartbeat('2'))).toMatch(/^\[4,"2","InternalError",/);
    expect(metrics.get('overloaded')).toBe(1);
  });

  it('without a bus new sockets get 503 and open ones are kept for the grace time', async () => {
    const { broker, edge } = await start({ config: { busLostGraceMs: 600 } });
    const charger = await connect('/ocpp/CP1');
    broker.cut('edge');
    expect(edge.readiness().ready).toBe(false);
    await expect(connect('/ocpp/CP2')).rejects.toThrow('503');
    await pause(300);
    expect(charger.closed).toBeUndefined();
    expect((await charger.waitClosed()).code).toBe(1001);
  });
});

describe('authentication', () => {
  it('lets a registered charger in with its password and nobody else', async () => {
    const password = storePassword('a-password-of-16+', createSeededRandom(1));
    const { tenant, chargerId } = await import('@voltlane/wire');
    const lookup = {
      find: async (address: { chargerId: string }) =>
        address.chargerId.toLowerCase() === 'safe'
          ? {
              tenant: tenant('default'),
              chargerId: chargerId('Safe'),
              securityProfile: 1,
              versions: ['1.6'] as const,
              strictness: 'strict' as const,
              password,
            }
          : undefined,
    };
    const started = await start({ lookup, config: { chargers: 'registered' } });
    await expect(connect('/ocpp/Nobody')).rejects.toThrow('404');
    await expect(connect('/ocpp/safe')).rejects.toThrow('401');
    const charger = await started.connect('/ocpp/safe', 'ocpp1.6', {
      headers: { authorization: `Basic ${Buffer.from('safe:a-password-of-16+').toString('base64')}` },
    });
    expect(await charger.ask(heartbeat('1'))).toBe(`[3,"1",${ANSWER}]`);
    expect(started.worker.session('Safe').chargerId).toBe('Safe');
    expect(started.log.join('\n')).not.toContain('a-password');
  });
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
