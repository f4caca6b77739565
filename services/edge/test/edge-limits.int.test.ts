import { storePassword } from '@voltlane/registry';
import { handshake, rawPeer, wsFrame } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { friendly } from './fake-worker.ts';
import { ANSWER, connect, heartbeat, start } from './one-rig.ts';
import type { TestCharger } from './rig.ts';
import { waitUntil } from './rig.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => systemClock.after(ms, resolve));

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

describe('a bus that comes back', () => {
  it('within the grace time closes nobody, and later ends the closing where it stands', async () => {
    const { broker, edge } = await start({ config: { busLostGraceMs: 500, drainPerSecond: 20 } });
    const chargers: TestCharger[] = [];
    for (let id = 0; id < 30; id += 1) chargers.push(await connect(`/ocpp/CP${id}`));
    broker.cut('edge');
    await pause(200);
    broker.heal('edge');
    await pause(600);
    expect(edge.connections()).toBe(30);
    broker.cut('edge');
    await waitUntil(() => edge.connections() < 27, 'some are closed');
    broker.heal('edge');
    await waitUntil(() => edge.readiness().ready, 'the edge is ready');
    await pause(200);
    const left = edge.connections();
    expect(left).toBeGreaterThan(10);
    await pause(300);
    expect(edge.connections()).toBe(left);
    const kept = chargers.find((charger) => charger.closed === undefined);
    expect(await kept?.ask(heartbeat('1'))).toBe(`[3,"1",${ANSWER}]`);
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
              closeBy: 'close' as const,
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
