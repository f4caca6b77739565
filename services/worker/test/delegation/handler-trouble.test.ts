/** What holds when a user's handler is away, late or wrong, when there is too much to ask, and when an actor forgets. */
import type { UplinkCall } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { header, start, opened as uplinkOpened } from '../uplinks.ts';
import { ACCEPTED, authorize, BLOCKED, booted, call, results } from './booted-rig.ts';
import { sessionOf } from './rig.ts';

describe('a handler that is away', () => {
  it('is looked for until the deadline: its restart does not show', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 3000, attempts: 1, fallback: 'reject' } });
    rig.handler.leave();
    rig.handler.auto(() => ACCEPTED);
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(2000);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    rig.handler.comeBack();
    await rig.clock.advanceAsync(500);
    expect(results(rig, 'CP1', 2)).toEqual([ACCEPTED.response]);
    expect(rig.handler.asked.map(({ attempt }) => attempt)).toEqual([1]);
  });

  it.each([
    ['builtIn', { idTagInfo: { status: 'Accepted' } }],
    ['accept', { idTagInfo: { status: 'Accepted' } }],
    ['reject', { idTagInfo: { status: 'Invalid' } }],
    ['callError', { kind: 'error', code: 'InternalError', description: 'nobody decided in time' }],
  ])('for all of it is replaced by its fallback: %s', async (fallback, expected) => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 1000, fallback } });
    rig.handler.leave();
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(995);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    await rig.clock.advanceAsync(20);
    expect(results(rig, 'CP1', 2)).toEqual([expected]);
    expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="noHandler"')).toBe(1);
  });

  it('with an error for its fallback is asked again when the charger tries again', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ StartTransaction: { deadlineMs: 200, fallback: 'callError' } });
    rig.handler.leave();
    const first = call('CP1', 2, 'StartTransaction', start(1));
    rig.deliver(first);
    await rig.clock.advanceAsync(300);
    expect(rig.outcomes('CP1', 2)).toMatchObject([{ kind: 'error', code: 'InternalError' }]);
    rig.handler.comeBack();
    rig.handler.auto(() => ACCEPTED);
    rig.deliver({ ...first, seq: 3 });
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 3)).toMatchObject([{ idTagInfo: { status: 'Accepted' } }]);
    const kinds = (await rig.events('CP1')).map(({ event }) => event.kind);
    expect(kinds.slice(2)).toEqual(['message.rejected', 'transaction.started']);
  });
});

describe('a handler that is late', () => {
  it('is asked so many times, over the same id, and the first answer to any copy counts', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 3000, attempts: 3 } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(2500);
    expect(rig.handler.asked.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(rig.handler.asked.map(({ requestId }) => requestId)).size).toBe(1);
    rig.handler.answer(0, BLOCKED);
    rig.handler.answer(1, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([BLOCKED.response]);
  });

  it('is replaced by its fallback at the deadline, and its late word changes nothing', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 500, attempts: 1, fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(600);
    expect(results(rig, 'CP1', 2)).toEqual([{ idTagInfo: { status: 'Invalid' } }]);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 2)).toHaveLength(1);
    expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="timeout"')).toBe(1);
  });

  it('never gets more than the broker grants, nor than the edge waits', async () => {
    const rig = await booted(['CP1', 'CP2'], { deadlineMsMax: 2000 });
    await rig.delegate({ Authorize: { deadlineMs: 20_000, fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    rig.deliver({ ...authorize('CP2', 2), budgetMs: 1500 });
    rig.deliver({ ...authorize('CP2', 3), budgetMs: 400 });
    await rig.clock.advanceAsync(1100);
    expect(results(rig, 'CP2', 2)).toHaveLength(1);
    expect(results(rig, 'CP2', 3)).toHaveLength(1);
    expect(results(rig, 'CP1', 2)).toHaveLength(0);
    await rig.clock.advanceAsync(1000);
    expect(results(rig, 'CP1', 2)).toHaveLength(1);
    expect(
      rig.handler.asked.filter(({ charger }) => charger === 'CP2').map(({ messageId }) => messageId),
    ).not.toContain('m3');
  });
});

describe('a handler that is wrong', () => {
  it.each(['nonsense', '{"response":1}', { response: { idTagInfo: { status: 'Maybe' } } }, { response: {} }])(
    'is replaced by its fallback, counted and logged without content: %j',
    async (reply) => {
      const rig = await booted(['CP1']);
      await rig.delegate({ Authorize: { fallback: 'reject' } });
      rig.handler.auto(() => reply);
      for (let seq = 2; seq < 5; seq += 1) rig.deliver(authorize('CP1', seq));
      await rig.clock.advanceAsync(10);
      expect(results(rig, 'CP1', 4)).toEqual([{ idTagInfo: { status: 'Invalid' } }]);
      expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="invalid"')).toBe(3);
      expect(rig.lines).toHaveLength(1);
      expect(rig.lines[0]).toContain('"action":"Authorize"');
      expect(rig.lines[0]).not.toMatch(/Maybe|nonsense|TAG/);
    },
  );

  it('or wants the fallback gets it, and its errors reach the charger in the spelling of its version', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { fallback: 'reject' } });
    rig.handler.auto(({ messageId }) =>
      messageId === 'm2' ? { fallback: true } : { error: { code: 'FormatViolation', description: 'odd tag' } },
    );
    rig.deliver(authorize('CP1', 2));
    rig.deliver(authorize('CP1', 3));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([{ idTagInfo: { status: 'Invalid' } }]);
    expect(rig.outcomes('CP1', 3)).toEqual([{ kind: 'error', code: 'FormationViolation', description: 'odd tag' }]);
    expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="declined"')).toBe(1);
  });
});

describe('settings', () => {
  it('are in force for the next call, and a parked call keeps those it was asked by', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 1000, attempts: 1, fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    await rig.settings.delete(header('CP1').tenant);
    await rig.clock.advanceAsync(1100);
    rig.deliver(authorize('CP1', 3));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([{ idTagInfo: { status: 'Invalid' } }]);
    expect(results(rig, 'CP1', 3)).toEqual([{ idTagInfo: { status: 'Accepted' } }]);
    expect(rig.handler.asked).toHaveLength(1);
  });
});

describe('bounds', () => {
  it('when too many questions wait, a call gets its fallback at once', async () => {
    const rig = await booted(['CP1', 'CP2'], { asksMax: 1 });
    await rig.delegate({ Authorize: { fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    rig.deliver(authorize('CP2', 2));
    await rig.clock.advanceAsync(1);
    expect(results(rig, 'CP2', 2)).toEqual([{ idTagInfo: { status: 'Invalid' } }]);
    expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="full"')).toBe(1);
    expect(await rig.metric('voltlane_worker_handler_calls_parked')).toBe(1);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([ACCEPTED.response]);
  });

  it('when the questions that wait are too long together, the same', async () => {
    const rig = await booted(['CP1', 'CP2', 'CP3'], { bytesMax: 3000 });
    await rig.delegate({ DataTransfer: { fallback: 'reject' } });
    const transfer = (charger: string): UplinkCall =>
      call(charger, 2, 'DataTransfer', { vendorId: 'v', data: 'x'.repeat(1500) });
    rig.deliver(transfer('CP1'));
    await rig.clock.advanceAsync(10);
    rig.deliver(transfer('CP2'));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP2', 2)).toEqual([{ status: 'Rejected' }]);
    rig.handler.answer(0, { response: { status: 'Accepted' } });
    rig.handler.auto(() => ({ response: { status: 'Accepted' } }));
    await rig.clock.advanceAsync(10);
    rig.deliver(transfer('CP3'));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP3', 2)).toEqual([{ status: 'Accepted' }]);
  });

  it('a word that finds its mailbox full is brought again', async () => {
    let slow = false;
    const rig = await booted(['CP1'], {
      mailboxMessagesMax: 1,
      appends: () => (slow ? { delayMs: 300 } : 'pass'),
    });
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    slow = true;
    // A session that takes its time to be recorded keeps the actor busy; one more message fills the mailbox.
    rig.deliver({ ...uplinkOpened('CP1', 's2'), openedAgoMs: 0 });
    rig.deliver(uplinkOpened('CP1', 's2'));
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(200);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    await rig.clock.advanceAsync(200);
    expect(results(rig, 'CP1', 2)).toEqual([ACCEPTED.response]);
    expect(rig.handler.asked).toHaveLength(1);
  });

  it('a word that never gets through holds the charger up for a while only', async () => {
    let full = true;
    const rig = await booted(['CP1'], { mailboxFull: () => full });
    await rig.delegate({ Authorize: { deadlineMs: 1000, fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(12_000);
    full = false;
    rig.handler.auto(() => ACCEPTED);
    rig.deliver(authorize('CP1', 3));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 3)).toEqual([ACCEPTED.response]);
  });
});

describe('when the memory of the actor is lost meanwhile', () => {
  it('the resend asks again under the same id, and the older word is stale', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ StartTransaction: {} });
    const first = call('CP1', 2, 'StartTransaction', start(1));
    rig.deliver(first);
    await rig.clock.advanceAsync(10);
    rig.move();
    rig.deliver(first);
    await rig.clock.advanceAsync(10);
    expect(rig.handler.asked.map(({ requestId }) => requestId)).toEqual([
      `${sessionOf('CP1')}.2`,
      `${sessionOf('CP1')}.2`,
    ]);
    rig.handler.answer(0, BLOCKED);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    rig.handler.answer(1, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toMatchObject([{ idTagInfo: { status: 'Accepted' } }]);
    const kinds = (await rig.events('CP1')).map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === 'transaction.started')).toHaveLength(1);
  });

  it('on the same partition, the older word does not count for the newer question', async () => {
    let fail = false;
    const rig = await booted(['CP1'], { appends: () => (fail ? 'refuse' : 'pass') });
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    fail = true;
    rig.deliver({
      ...header('CP1', sessionOf('CP1')),
      kind: 'sessionClosed',
      seq: 9,
      closedAtMs: 1,
      code: 1006,
      reason: '',
    });
    await rig.clock.advanceAsync(60);
    fail = false;
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(300);
    expect(rig.handler.asked).toHaveLength(2);
    rig.handler.answer(0, BLOCKED);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    expect(await rig.metric('voltlane_worker_handler_stale_total')).toBe(1);
    rig.handler.answer(1, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([ACCEPTED.response]);
  });

  it('by a failed append, the same: nothing is applied twice, and the charger gets one answer', async () => {
    let fail = false;
    const rig = await booted(['CP1'], { appends: () => (fail ? 'refuse' : 'pass') });
    await rig.delegate({ StartTransaction: {} });
    const first = call('CP1', 2, 'StartTransaction', start(1));
    rig.deliver(first);
    await rig.clock.advanceAsync(10);
    fail = true;
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(100);
    fail = false;
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    rig.handler.auto(() => ACCEPTED);
    rig.deliver(first);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 2)).toHaveLength(1);
    const kinds = (await rig.events('CP1')).map(({ event }) => event.kind);
    expect(kinds.filter((kind) => kind === 'transaction.started')).toHaveLength(1);
  });
});
