import { handshake, rawPeer, wsFrame } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { friendly } from './fake-worker.ts';
import { ANSWER, connect, heartbeat, start } from './one-rig.ts';
import { waitUntil } from './rig.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => systemClock.after(ms, resolve));
const RESET = '{"type":"Soft"}';

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
    const { edge, worker, metrics } = await start();
    const charger = await connect('/ocpp/CP1');
    await charger.ask(heartbeat('1'));
    const session = worker.session('CP1');
    charger.socket.close();
    await waitUntil(() => worker.uplinks.at(-1)?.kind === 'sessionClosed', 'the session closed');
    await waitUntil(() => edge.sessions() === 0, 'the session ended');
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
