/** Calls that a user's handler decides, through real actors on a fake clock. */
import type { Uplink } from '@voltlane/wire';
import { sessionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { BEHIND_MAX } from '../../src/delegation/delegation.ts';
import { BOOT, header, start, opened as uplinkOpened } from '../uplinks.ts';
import { ACCEPTED, authorize, BLOCKED, booted, call, HANDLED, results } from './booted-rig.ts';
import { createRig, sessionOf } from './rig.ts';

describe('a delegated call', () => {
  it('is decided by the handler, which is told what it needs', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(50);
    expect(rig.handler.asked).toHaveLength(1);
    expect(rig.handler.asked[0]).toMatchObject({
      v: 1,
      attempt: 1,
      requestId: `${sessionOf('CP1')}.2`,
      tenant: 'default',
      charger: 'CP1',
      action: 'Authorize',
      payload: { idTag: 'TAG2' },
      builtIn: { idTagInfo: { status: 'Accepted' } },
      state: { registration: 'Accepted', vendor: 'V', model: 'M', session: { id: sessionOf('CP1') } },
    });
    expect(rig.outcomes('CP1', 2)).toEqual([]);
    rig.handler.answer(0, BLOCKED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([BLOCKED.response]);
    expect(await rig.metric('voltlane_worker_handler_asks_total{outcome="answered"')).toBe(1);
    expect(await rig.metric('voltlane_worker_handler_seconds_count')).toBe(1);
  });

  it('that is not delegated, or of another tenant’s setting, is not asked about', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ DataTransfer: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([{ idTagInfo: { status: 'Accepted' } }]);
    expect(rig.handler.asked).toEqual([]);
  });

  it('is recorded with who decided, and answered after that', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ StartTransaction: {} });
    rig.handler.auto(() => BLOCKED);
    rig.deliver(call('CP1', 2, 'StartTransaction', start(5)));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toMatchObject([{ idTagInfo: { status: 'Blocked' } }]);
    const started = (await rig.events('CP1')).filter(({ event }) => event.kind === 'transaction.started');
    expect(started.map(({ event }) => event.data)).toMatchObject([{ decidedBy: 'handler', authorization: 'Blocked' }]);
  });

  it('that breaks its schema or comes before acceptance is never asked about', async () => {
    const rig = await createRig({ handles: HANDLED });
    await rig.delegate({ StartTransaction: { fallback: 'accept' }, Authorize: {} });
    rig.deliver(uplinkOpened('CP1', sessionOf('CP1')));
    rig.deliver(call('CP1', 1, 'StartTransaction', start(1)));
    rig.deliver(call('CP1', 2, 'BootNotification', BOOT));
    const violation = { code: 'OccurenceConstraintViolation', description: 'idTag is missing' };
    rig.deliver(call('CP1', 3, 'StartTransaction', { connectorId: 1 }, { violation }));
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 1)).toMatchObject([{ kind: 'error', code: 'SecurityError' }]);
    expect(rig.outcomes('CP1', 3)).toMatchObject([{ kind: 'error', code: violation.code }]);
    expect(rig.handler.asked).toEqual([]);
  });

  it('is asked about again by a resend of the charger only until it was answered', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ DataTransfer: {}, Heartbeat: {} });
    rig.handler.auto(({ action }) =>
      action === 'Heartbeat'
        ? { response: { currentTime: '2026-01-01T00:00:00Z' } }
        : { response: { status: 'Accepted', data: 'd' } },
    );
    const transfer = call('CP1', 2, 'DataTransfer', { vendorId: 'v' });
    rig.deliver(transfer);
    await rig.clock.advanceAsync(10);
    // By the edge, then by the charger under a new count.
    rig.deliver(transfer);
    rig.deliver({ ...transfer, seq: 3 });
    rig.deliver(call('CP1', 4, 'Heartbeat', {}));
    await rig.clock.advanceAsync(10);
    rig.deliver(call('CP1', 4, 'Heartbeat', {}));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 3)).toEqual([{ status: 'Accepted', data: 'd' }]);
    expect(results(rig, 'CP1', 4)).toHaveLength(2);
    expect(rig.handler.asked.map(({ action }) => action)).toEqual(['DataTransfer', 'Heartbeat']);
    const transfers = (await rig.events('CP1')).filter(({ event }) => event.kind === 'data.transfer');
    expect(transfers).toHaveLength(1);
  });

  it('with an answer too long for the state is answered, and remembered in memory only', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ DataTransfer: {} });
    const data = 'x'.repeat(20_000);
    rig.handler.auto(() => ({ response: { status: 'Accepted', data } }));
    rig.deliver(call('CP1', 2, 'DataTransfer', { vendorId: 'v' }));
    rig.deliver(call('CP1', 2, 'DataTransfer', { vendorId: 'v' }));
    await rig.clock.advanceAsync(10);
    rig.deliver(call('CP1', 2, 'DataTransfer', { vendorId: 'v' }));
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([
      { status: 'Accepted', data },
      { status: 'Accepted', data },
    ]);
    expect(rig.handler.asked).toHaveLength(1);
    rig.move();
    rig.deliver(call('CP1', 2, 'DataTransfer', { vendorId: 'v' }));
    await rig.clock.advanceAsync(10);
    expect(rig.handler.asked).toHaveLength(2);
  });
});

describe('while a handler thinks', () => {
  it('no other charger waits', async () => {
    const rig = await booted(['CP1', 'CP2']);
    await rig.delegate({ Authorize: { deadlineMs: 5000 } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(100);
    const fromMs = rig.clock.monotonicMs();
    rig.deliver(call('CP2', 2, 'StartTransaction', start(1)));
    rig.deliver(authorize('CP2', 3));
    await rig.clock.advanceAsync(20);
    rig.handler.answer(1, ACCEPTED);
    await rig.clock.advanceAsync(20);
    const own = rig.replies.filter(({ reply, atMs }) => reply.sessionId === sessionOf('CP2') && atMs >= fromMs);
    expect(own.map(({ reply }) => reply.seq)).toEqual([2, 3]);
    expect(own[0]?.atMs).toBeLessThan(fromMs + 10);
    expect(rig.outcomes('CP1', 2)).toEqual([]);
  });

  it('answers and sessions of the same charger go on: its actor holds no turn', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 5000 } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    const answer: Uplink = {
      ...header('CP1', sessionOf('CP1')),
      kind: 'answer',
      seq: 3,
      commandId: 'c1',
      outcome: { kind: 'result', payload: '{}' },
    };
    rig.deliver(answer);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 3)).toEqual([{ kind: 'noted' }]);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(results(rig, 'CP1', 2)).toEqual([ACCEPTED.response]);
  });

  it('later calls of the same charger wait and are answered in order', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    rig.deliver(call('CP1', 3, 'Heartbeat', {}));
    rig.deliver(authorize('CP1', 4));
    rig.deliver(call('CP1', 5, 'StartTransaction', start(5)));
    await rig.clock.advanceAsync(100);
    expect(rig.replies.filter(({ reply }) => reply.seq > 1)).toEqual([]);
    expect(rig.handler.asked).toHaveLength(1);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(rig.replies.map(({ reply }) => reply.seq)).toEqual([0, 1, 2, 3]);
    rig.handler.answer(1, BLOCKED);
    await rig.clock.advanceAsync(10);
    expect(rig.replies.map(({ reply }) => reply.seq)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('only so many calls wait behind it; one more is left to the edge’s resend', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    for (let seq = 3; seq <= 3 + BEHIND_MAX; seq += 1) {
      rig.deliver(call('CP1', seq, 'Heartbeat', {}));
      rig.deliver(call('CP1', seq, 'Heartbeat', {}));
      await rig.clock.advanceAsync(1);
    }
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    const answered = rig.replies.map(({ reply }) => reply.seq).filter((seq) => seq > 1);
    expect(answered).toEqual(Array.from({ length: BEHIND_MAX + 1 }, (_, index) => index + 2));
    expect(await rig.metric('voltlane_worker_refused_total{reason="full"')).toBe(2);
    rig.deliver(call('CP1', 3 + BEHIND_MAX, 'Heartbeat', {}));
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 3 + BEHIND_MAX)).toHaveLength(1);
  });

  it('a resend of the call is no second question, and gets the reply', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: {} });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(1000);
    const newest = rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    expect(rig.handler.asked).toHaveLength(1);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    const own = rig.replies.filter(({ reply }) => reply.seq === 2);
    expect(own.map(({ subject }) => subject)).toEqual([newest]);
  });

  it('its actor stays in memory', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 20_000, attempts: 1 } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    expect(rig.host.passivateIdle(0)).toBe(0);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    expect(rig.outcomes('CP1', 2)).toHaveLength(1);
    expect(rig.host.passivateIdle(0)).toBe(1);
  });

  it('the session it came by is attached already, so that the handler can reach the charger', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: {} });
    const over = { sessionId: sessionId('s2'), openedAgoMs: 1 };
    rig.deliver(call('CP1', 1, 'Authorize', { idTag: 'T' }, over));
    await rig.clock.advanceAsync(10);
    expect(rig.handler.asked[0]?.state).toMatchObject({ session: { id: 's2' } });
    expect((await rig.events('CP1')).at(-1)?.event).toMatchObject({
      kind: 'charger.connected',
      data: { session: 's2' },
    });
    expect(rig.outcomes('CP1', 1, 's2')).toEqual([]);
  });

  it('what its word is applied to is the state of then', async () => {
    const rig = await booted(['CP1']);
    await rig.delegate({ StartTransaction: {} });
    rig.deliver(call('CP1', 2, 'StartTransaction', start(1)));
    await rig.clock.advanceAsync(10);
    rig.deliver({
      ...header('CP1', sessionOf('CP1')),
      kind: 'sessionClosed',
      seq: 9,
      closedAtMs: 1,
      code: 1006,
      reason: '',
    });
    await rig.clock.advanceAsync(10);
    rig.handler.answer(0, ACCEPTED);
    await rig.clock.advanceAsync(10);
    const kinds = (await rig.events('CP1')).map(({ event }) => event.kind);
    expect(kinds).toEqual(['charger.connected', 'charger.booted', 'charger.disconnected', 'transaction.started']);
  });
});
