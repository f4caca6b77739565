/** Delivery of transaction messages: offline, retries, order, ids. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../src/index.ts';
import { bootedRig, type Rig } from './harness.ts';

const SESSION = { idToken: 'TAG1', durationMs: 25_000, sampleIntervalMs: 10_000 };
const transactional = (rig: Rig): string[] =>
  rig.csms.actions().filter((action) => /Transaction|MeterValues/.test(action));

describe('while offline', () => {
  it('queues transaction messages and delivers them in order, with the id that the CSMS gives', async () => {
    const rig = await bootedRig('1.6');
    rig.setDown(true);
    rig.csms.links.at(-1)?.terminate();
    await rig.pass(0);
    const session = rig.charger.session(SESSION);
    await rig.pass(60_000);
    expect(rig.charger.undelivered()).toBe(4);
    expect(transactional(rig)).toEqual([]);
    rig.setDown(false);
    await rig.pass(120_000);
    const record = await session;
    expect(transactional(rig)).toEqual(['StartTransaction', 'MeterValues', 'MeterValues', 'StopTransaction']);
    const ids = rig.csms.heard.flatMap(({ payload }) => payload['transactionId'] ?? []);
    expect(ids).toEqual([101, 101, 101]);
    expect(record).toMatchObject({ outcome: 'completed', transactionId: '101' });
    expect(rig.csms.violations).toEqual([]);
    rig.charger.stop();
  });

  it('marks what happened without a link as offline in 2.x and numbers on', async () => {
    const rig = await bootedRig('2.0.1');
    const session = rig.charger.session(SESSION);
    await rig.pass(11_000);
    rig.setDown(true);
    rig.csms.links.at(-1)?.terminate();
    await rig.pass(60_000);
    rig.setDown(false);
    await rig.pass(120_000);
    expect(await session).toMatchObject({ outcome: 'completed' });
    const events = rig.csms.heard.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => payload);
    expect(events.map((event) => event['seqNo'])).toEqual([0, 1, 2, 3, 4]);
    expect(events.map((event) => event['offline'] === true)).toEqual([false, false, false, true, true]);
    expect(rig.csms.actions().filter((action) => action === 'BootNotification')).toHaveLength(1);
    rig.charger.stop();
  });
});

describe('while online', () => {
  it('tells Finishing only after StopTransaction, also when an answer before it is slow', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('MeterValues', () => 'silence');
    const session = rig.charger.session({ ...SESSION, durationMs: 12_000 });
    await rig.pass(13_000);
    expect(rig.charger.connectorStatus(1)).toBe('Charging');
    const slow = rig.csms.heard.find(({ action }) => action === 'MeterValues');
    rig.csms.links.at(-1)?.send(`[3,"${slow?.messageId}",{}]`);
    await rig.pass(0);
    expect(await session).toMatchObject({ outcome: 'completed' });
    const story = rig.csms.heard.map(({ action, payload }) => payload['status'] ?? action);
    expect(story.slice(-3)).toEqual(['StopTransaction', 'Finishing', 'Available']);
    rig.charger.stop();
  });
});

describe('retries', () => {
  it.each(['same', 'new'] as const)('wait interval × sends, carry the %s id, then discard', async (retryMessageId) => {
    const settings = { TransactionMessageAttempts: '3', TransactionMessageRetryInterval: '10' };
    const rig = await bootedRig('1.6', { settings, retryMessageId });
    const sentAt: number[] = [];
    rig.csms.answers.set('StartTransaction', () => {
      sentAt.push(rig.clock.monotonicMs());
      return { callError: 'InternalError' };
    });
    const session = rig.charger.session({ ...SESSION, durationMs: 1000 });
    await rig.pass(120_000);
    expect(sentAt.map((at) => at - (sentAt[0] ?? 0))).toEqual([0, 10_000, 30_000]);
    const ids = rig.csms.heard.filter(({ action }) => action === 'StartTransaction').map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(retryMessageId === 'same' ? 1 : 3);
    const record = await session;
    expect(record).toMatchObject({ outcome: 'undelivered', problem: 'StartTransaction discarded' });
    expect(record.messages[0]?.messageIds).toEqual(ids);
    // The stop is still told, for a transaction that the CSMS never named (1.6-J errata 3.18).
    expect(rig.csms.heard.find(({ action }) => action === 'StopTransaction')?.payload['transactionId']).toBe(-1);
    rig.charger.stop();
  });

  it('happen after a timeout and do not count a lost link as an attempt', async () => {
    const settings = { TransactionMessageAttempts: '2', TransactionMessageRetryInterval: '5', MessageTimeout: '8' };
    const rig = await bootedRig('1.6', { settings });
    let silent = true;
    rig.csms.answers.set('StopTransaction', () => (silent ? 'silence' : {}));
    const session = rig.charger.session({ ...SESSION, durationMs: 1000 });
    for (let turn = 0; turn < 5; turn += 1) {
      await rig.pass(4000);
      rig.csms.links.at(-1)?.terminate();
      await rig.pass(3000);
    }
    expect(rig.events('timed-out')).toEqual([]);
    await rig.pass(8000);
    expect(rig.events('timed-out')).toHaveLength(1);
    silent = false;
    await rig.pass(20_000);
    expect(await session).toMatchObject({ outcome: 'completed' });
    rig.charger.stop();
  });
});

describe('a power cycle', () => {
  it('keeps what was not delivered and names it after the conf of a later life', async () => {
    const store = createMemoryStore();
    const first = await bootedRig('1.6', { store });
    first.csms.answers.set('StartTransaction', () => 'silence');
    void first.charger.session({ ...SESSION, durationMs: 12_000 });
    await first.pass(20_000);
    first.charger.stop();
    expect(store.all().map(({ action }) => action)).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    const second = await bootedRig('1.6', { store });
    await second.pass(0);
    expect(transactional(second)).toEqual(['StartTransaction', 'MeterValues', 'StopTransaction']);
    expect(second.csms.heard.at(-1)?.payload['transactionId']).toBe(101);
    second.charger.stop();
  });
});

describe('stop and start of the same charger', () => {
  it('boots again and delivers what waited', async () => {
    const rig = await bootedRig('1.6');
    rig.setDown(true);
    rig.csms.links.at(-1)?.terminate();
    const session = rig.charger.session({ ...SESSION, durationMs: 1000 });
    await rig.pass(5000);
    rig.charger.stop();
    expect(await session).toMatchObject({
      outcome: 'undelivered',
      problem: 'StartTransaction kept, StopTransaction kept',
    });
    rig.setDown(false);
    void rig.charger.start();
    await rig.pass(0);
    expect(transactional(rig)).toEqual(['StartTransaction', 'StopTransaction']);
    expect(rig.csms.actions().filter((action) => action === 'BootNotification')).toHaveLength(2);
    rig.charger.stop();
  });
});

describe('one outstanding call', () => {
  it('holds back every further call until the answer came', async () => {
    const rig = await bootedRig('1.6');
    rig.csms.answers.set('DataTransfer', () => 'silence');
    const before = rig.csms.heard.length;
    const calls = [1, 2, 3].map((n) =>
      rig.charger.call('DataTransfer', { vendorId: `v${n}` }).catch((error: unknown) => error),
    );
    await rig.pass(0);
    expect(rig.csms.heard.length - before).toBe(1);
    // The CSMS is served meanwhile: the directions are independent.
    const answer = rig.csms.command('GetLocalListVersion', {});
    await rig.pass(0);
    expect(await answer).toMatchObject({ kind: 'result' });
    await rig.pass(30_000);
    expect(rig.csms.heard.length - before).toBe(2);
    await rig.pass(60_000);
    expect(await Promise.all(calls)).toMatchObject([
      { code: 'call-timeout' },
      { code: 'call-timeout' },
      { code: 'call-timeout' },
    ]);
    rig.charger.stop();
  });

  it('counts and drops an answer that comes after the timeout', async () => {
    const rig = await bootedRig('2.0.1');
    rig.csms.answers.set('DataTransfer', () => 'silence');
    const call = rig.charger.call('DataTransfer', { vendorId: 'v' }).catch((error: unknown) => error);
    await rig.pass(30_000);
    rig.csms.links.at(-1)?.send(`[3,"${rig.csms.heard.at(-1)?.messageId}",{"status":"Accepted"}]`);
    await rig.pass(0);
    expect(await call).toMatchObject({ code: 'call-timeout' });
    expect(rig.charger.counters).toMatchObject({ lateAnswers: 1, timeouts: 1 });
    rig.charger.stop();
  });

  it('complains about an invalid answer with CALLRESULTERROR in 2.1 only', async () => {
    for (const version of ['2.0.1', '2.1'] as const) {
      const rig = await bootedRig(version);
      rig.csms.answers.set('DataTransfer', () => ({ status: 'Fine' }));
      const call = rig.charger.call('DataTransfer', { vendorId: 'v' }).catch((error: unknown) => error);
      await rig.pass(0);
      expect(await call).toMatchObject({ code: 'invalid-answer' });
      // Nothing at all in 2.0.1: there a type 5 is not even a frame.
      expect(rig.csms.violations.map((text) => text.slice(0, 17))).toEqual(
        version === '2.1' ? ['frame resultError'] : [],
      );
      rig.charger.stop();
    }
  });
});
