/** Calls that a user's handler decides, through real actors on a fake clock. */
import type { Uplink, UplinkCall } from '@voltlane/wire';
import { sessionId } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { BEHIND_MAX } from '../../src/delegation/delegation.ts';
import { BOOT, header, start, call as uplinkCall, opened as uplinkOpened } from '../uplinks.ts';
import type { Rig, RigOptions } from './rig.ts';
import { createRig, sessionOf } from './rig.ts';

const ACCEPTED = { response: { idTagInfo: { status: 'Accepted' } } };
const BLOCKED = { response: { idTagInfo: { status: 'Blocked' } } };
const HANDLED = ['Authorize', 'StartTransaction', 'DataTransfer', 'BootNotification', 'Heartbeat'];

function call(
  charger: string,
  seq: number,
  action: string,
  payload: object,
  over: Partial<UplinkCall> = {},
): UplinkCall {
  return uplinkCall(charger, seq, action, payload, { sessionId: sessionId(sessionOf(charger)), ...over });
}

function authorize(charger: string, seq: number): UplinkCall {
  return call(charger, seq, 'Authorize', { idTag: `TAG${seq}` });
}

/** A rig with booted chargers, whose calls count from 2. */
async function booted(chargers: readonly string[], options: RigOptions = {}): Promise<Rig> {
  const rig = await createRig({ handles: HANDLED, ...options });
  for (const charger of chargers) {
    rig.deliver(uplinkOpened(charger, sessionOf(charger)));
    rig.deliver(call(charger, 1, 'BootNotification', BOOT));
  }
  await rig.clock.advanceAsync(10);
  return rig;
}

function results(rig: Rig, charger: string, seq: number): unknown[] {
  return rig
    .outcomes(charger, seq)
    .map((outcome) => (outcome.kind === 'result' ? JSON.parse(outcome.payload) : outcome));
}

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
    const rig = await booted(['CP1']);
    await rig.delegate({ Authorize: { deadlineMs: 1000, fallback: 'reject' } });
    rig.deliver(authorize('CP1', 2));
    await rig.clock.advanceAsync(10);
    const { deliver } = rig.host;
    rig.host.deliver = (): 'full' => 'full';
    await rig.clock.advanceAsync(12_000);
    rig.host.deliver = deliver;
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
