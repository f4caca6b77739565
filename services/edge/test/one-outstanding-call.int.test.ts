/**
 * At most one CALL at a time in each direction of a session: of a charger's calls only one is with the worker, however many it
 * sends; of ours only one is with the charger, however many the workers ask for. The two directions do not wait for each other.
 */
import { createSeededRandom } from '@voltlane/time';
import { afterEach, describe, expect, it } from 'vitest';
import type { Rig, TestCharger } from './rig.ts';
import { startRig, waitUntil } from './rig.ts';

let rig: Rig;

afterEach(async () => {
  await rig.stop();
});

const CHARGERS = 5;
const CALLS = 40;
const ANSWER = '{"currentTime":"2026-01-01T00:00:00.000Z"}';

describe('one outstanding call', () => {
  it('of a charger is with the worker, whatever the charger sends at once and whenever the answers come', async () => {
    rig = await startRig({ config: { inboundQueueCallsMax: 8, callResendMs: 60_000 } });
    const { worker } = rig;
    const random = createSeededRandom(5);
    const unanswered = new Map<string, number>();
    const problems: string[] = [];
    worker.script = (call) => {
      const { chargerId } = call;
      const now = (unanswered.get(chargerId) ?? 0) + 1;
      unanswered.set(chargerId, now);
      if (now > 1) problems.push(`${chargerId} has ${now} calls with the worker`);
      setTimeout(
        () => {
          unanswered.set(chargerId, (unanswered.get(chargerId) ?? 0) - 1);
          worker.reply(call, { kind: 'result', payload: ANSWER });
        },
        Math.floor(random.next() * 4),
      );
      return undefined;
    };
    const chargers: TestCharger[] = [];
    for (let number = 0; number < CHARGERS; number += 1) chargers.push(await rig.connect(`/ocpp/CP${number}`));
    for (let id = 0; id < CALLS; id += 1) for (const charger of chargers) charger.send(`[2,"${id}","Heartbeat",{}]`);
    for (const charger of chargers) {
      await charger.until(() => charger.frames.length === CALLS, 'all answers', 10_000);
      const ids = charger.frames.map((frame) => Number(/^\[3,"(\d+)"/.exec(frame)?.[1]));
      expect(ids).toEqual(Array.from({ length: CALLS }, (_, id) => id));
    }
    expect(problems).toEqual([]);
  });

  it('is with the charger, whatever the workers ask for; answers that come late go to nobody', async () => {
    rig = await startRig();
    const { worker, metrics } = rig;
    const charger = await rig.connect('/ocpp/CP1');
    await waitUntil(() => worker.uplinks.length > 0, 'the session is known');
    const session = worker.session('CP1');
    const outcomes = (commandId: string): unknown[] =>
      worker.uplinks.flatMap((up) => (up.kind === 'answer' && up.commandId === commandId ? [up.outcome] : []));
    const answered = (commandId: string): Promise<void> =>
      waitUntil(() => outcomes(commandId).length > 0, `${commandId} has an outcome`);

    for (const id of ['c1', 'c2', 'c3']) worker.command(session, id, 'Reset', '{"type":"Soft"}');
    expect(await charger.next()).toBe('[2,"c1","Reset",{"type":"Soft"}]');
    await answered('c3');
    expect(outcomes('c2')).toEqual([{ kind: 'lost', reason: 'busy' }]);
    expect(outcomes('c3')).toEqual([{ kind: 'lost', reason: 'busy' }]);
    expect(charger.frames).toEqual([]);

    // The other direction goes on meanwhile.
    expect(await charger.ask('[2,"up","Heartbeat",{}]')).toBe(`[3,"up",${ANSWER}]`);

    charger.send('[3,"c1",{"status":"Accepted"}]');
    await answered('c1');
    worker.command(session, 'c4', 'Reset', '{"type":"Soft"}', 300);
    expect(await charger.next()).toBe('[2,"c4","Reset",{"type":"Soft"}]');
    await answered('c4');
    expect(outcomes('c4')).toEqual([{ kind: 'timeout' }]);

    worker.command(session, 'c5', 'Reset', '{"type":"Hard"}');
    expect(await charger.next()).toBe('[2,"c5","Reset",{"type":"Hard"}]');
    charger.send('[3,"c4",{"status":"Rejected"}]');
    charger.send('[3,"c1",{"status":"Rejected"}]');
    charger.send('[3,"c5",{"status":"Accepted"}]');
    await answered('c5');
    expect(outcomes('c5')).toEqual([{ kind: 'result', payload: '{"status":"Accepted"}' }]);
    expect(outcomes('c4')).toHaveLength(1);
    expect(metrics.get('unmatched:result')).toBe(2);
  });

  it('is lost at once when its socket goes, and the next one goes to the new socket', async () => {
    rig = await startRig();
    const { worker } = rig;
    const first = await rig.connect('/ocpp/CP1');
    await waitUntil(() => worker.uplinks.length > 0, 'the session is known');
    worker.command(worker.session('CP1'), 'c1', 'Reset', '{"type":"Hard"}', 60_000);
    await first.next();
    first.socket.terminate();
    await waitUntil(() => worker.uplinks.some((up) => up.kind === 'answer'), 'the outcome');
    const [outcome] = worker.uplinks.flatMap((up) => (up.kind === 'answer' ? [up.outcome] : []));
    expect(outcome).toEqual({ kind: 'lost', reason: 'closed' });
    const second = await rig.connect('/ocpp/CP1');
    await waitUntil(() => worker.uplinks.filter((up) => up.kind === 'sessionOpened').length === 2, 'the new session');
    second.send('[3,"c1",{"status":"Accepted"}]');
    worker.command(worker.session('CP1'), 'c2', 'Reset', '{"type":"Soft"}');
    expect(await second.next()).toBe('[2,"c2","Reset",{"type":"Soft"}]');
    expect(worker.uplinks.filter((up) => up.kind === 'answer')).toHaveLength(1);
  });
});
