import { describe, expect, it } from 'vitest';
import { friendly } from './fake-worker.ts';
import { ANSWER, connect, heartbeat, start } from './one-rig.ts';
import { waitUntil } from './rig.ts';

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
