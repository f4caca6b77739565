/** Each quirk does on the wire what its name says. */
import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import {
  answersLate,
  answersTwice,
  deaf,
  duplicatesCalls,
  flap,
  goHalfOpen,
  neverAnswers,
  numericIds,
  pipelineCalls,
  sendHugeFrame,
  sendInt64TransactionId,
} from '../src/index.ts';
import { bootedRig, createRig } from './harness.ts';

describe('a misbehaving charger', () => {
  it('never answers, or late, or twice', async () => {
    const rig = await bootedRig('1.6');
    let answers = 0;
    const ask = async (): Promise<void> => {
      void rig.csms.command('ClearCache', {}).then(() => (answers += 1));
      await rig.pass(0);
    };
    rig.charger.setTap(neverAnswers());
    await ask();
    expect(answers).toBe(0);
    rig.charger.setTap(answersLate(rig.clock, 5000));
    await ask();
    expect(answers).toBe(0);
    await rig.pass(5000);
    expect(answers).toBe(1);
    rig.charger.setTap(answersTwice());
    await ask();
    expect(answers).toBe(2);
    expect(rig.csms.answerIds).toEqual(['csms-2', 'csms-3', 'csms-3']);
    rig.charger.stop();
  });

  it.each(['same', 'new'] as const)('sends each call twice with the %s id', async (id) => {
    const rig = await bootedRig('1.6');
    rig.charger.setTap(duplicatesCalls(id, createSeededRandom(1)));
    await rig.charger.call('Heartbeat', {});
    await rig.pass(0);
    const beats = rig.csms.heard.filter(({ action }) => action === 'Heartbeat');
    expect(beats).toHaveLength(2);
    expect(new Set(beats.map(({ messageId }) => messageId)).size).toBe(id === 'same' ? 1 : 2);
    expect(rig.charger.counters.lateAnswers).toBe(1);
    rig.charger.stop();
  });

  it('numbers its message ids and understands answers that carry them as text', async () => {
    const rig = await bootedRig('1.6');
    const raw: string[] = [];
    const tap = numericIds();
    rig.charger.setTap({
      outgoing: (text, pass) =>
        tap.outgoing?.(text, (numbered) => {
          raw.push(numbered);
          pass(numbered.replace(/^\[2,(\d+),/, '[2,"$1",'));
        }),
      incoming: (text, pass) => tap.incoming?.(text, pass),
    });
    await rig.charger.call('Heartbeat', {});
    expect(raw).toEqual(['[2,1,"Heartbeat",{}]']);
    rig.charger.stop();
  });

  it('pipelines calls', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('Heartbeat', () => 'silence');
    void pipelineCalls(rig.charger, 5).catch(() => {});
    await rig.pass(0);
    expect(rig.csms.actions().filter((action) => action === 'Heartbeat')).toHaveLength(5);
    rig.charger.stop();
  });

  it('sends huge frames and int64 transaction ids', async () => {
    const rig = await bootedRig('1.6', { strictSending: false });
    await sendHugeFrame(rig.charger, 300_000);
    await sendInt64TransactionId(rig.charger, 1);
    const [huge, big] = rig.csms.heard.slice(-2);
    expect(String(huge?.payload['data'])).toHaveLength(300_000);
    expect(big?.payload['transactionId']).toBe(9_223_372_036_854_775_807n);
    rig.charger.stop();
  });

  it('flaps, goes half-open, or hears nothing', async () => {
    const rig = await bootedRig('1.6');
    const flapping = flap(rig.charger, rig.clock, { times: 3, gapMs: 1000 });
    await rig.pass(5000);
    await flapping;
    expect(rig.dials()).toBe(4);
    goHalfOpen(rig.charger);
    void rig.csms.command('ClearCache', {});
    await rig.pass(1000);
    expect(rig.charger.counters.received).toBe(0);
    rig.charger.link()?.pause(false);
    rig.charger.setTap(deaf());
    const call = rig.charger.call('Heartbeat', {}).catch((error: unknown) => error);
    await rig.pass(30_000);
    expect(await call).toMatchObject({ code: 'call-timeout' });
    rig.charger.stop();
  });

  it('sends no BootNotification at all', async () => {
    const rig = createRig('1.6', { skipBoot: true });
    void rig.charger.start();
    await rig.pass(0);
    expect(rig.csms.actions()).toEqual(['StatusNotification']);
    rig.charger.stop();
  });
});
