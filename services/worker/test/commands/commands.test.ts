/** Commands from the request of a backend to the outcome, over the memory bus, with the edge played by the test. */
import { waitUntil } from '@voltlane/testkit';
import { sleep, systemClock } from '@voltlane/time';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRig, type Json, startCommandRig } from './command-rig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await startCommandRig();
});

afterEach(() => rig.stop());

const CONFIGURATION = { key: ['HeartbeatInterval'] };
const ACCEPTED = { kind: 'result', payload: '{"status":"Accepted"}' } as const;

describe('a command to a connected charger', () => {
  it('becomes a CALL under its id, and its answer the outcome', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ChangeAvailability', { payload: { connectorId: 0, type: 'Inoperative' } });
    const call = await rig.nthCall(1);
    expect(call).toMatchObject({ action: 'ChangeAvailability', payload: { connectorId: 0, type: 'Inoperative' } });
    expect((await rig.answer('CP1', call.id, ACCEPTED)).outcome).toEqual({ kind: 'noted' });
    expect(await asked).toMatchObject({
      v: 1,
      commandId: call.id,
      tenant: 'default',
      charger: 'CP1',
      action: 'ChangeAvailability',
      status: 'finished',
      outcome: 'accepted',
      sent: true,
      response: { status: 'Accepted' },
    });
    const kinds = (await rig.events('CP1')).map(({ kind }) => kind);
    expect(kinds).toEqual([
      'charger.connected',
      'charger.booted',
      'command.queued',
      'command.sent',
      'command.finished',
    ]);
  });

  it.each([
    [
      { kind: 'result', payload: '{"status":"Rejected"}' },
      { outcome: 'rejected', response: { status: 'Rejected' } },
    ],
    [
      { kind: 'error', code: 'NotSupported', description: 'no', details: '{"a":9007199254740993}' },
      { outcome: 'callError', error: { code: 'NotSupported', description: 'no' } },
    ],
    [{ kind: 'timeout' }, { outcome: 'timeout', sent: true }],
    [
      { kind: 'lost', reason: 'closed' },
      { outcome: 'offline', sent: true },
    ],
  ] as const)('ends by the word of the edge: %j', async (outcome, expected) => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ClearCache');
    await rig.answer('CP1', (await rig.nthCall(1)).id, outcome);
    expect(await asked).toMatchObject({ status: 'finished', ...expected });
  });

  it('is sent while the one before it is unanswered by nobody: one CALL at a time, the highest priority first', async () => {
    await rig.connect('CP1');
    const first = rig.ask('CP1', 'ClearCache');
    await rig.nthCall(1);
    const low = rig.ask('CP1', 'GetConfiguration', { payload: CONFIGURATION, priority: 1 });
    await waitUntil('the low one waits', async () => (await rig.events('CP1')).filter(isQueued).length === 2);
    const high = rig.ask('CP1', 'GetLocalListVersion', { priority: 9 });
    await waitUntil('the high one waits', async () => (await rig.events('CP1')).filter(isQueued).length === 3);
    expect(rig.calls).toHaveLength(1);
    await rig.answer('CP1', (await rig.nthCall(1)).id, ACCEPTED);
    expect((await rig.nthCall(2)).action).toBe('GetLocalListVersion');
    expect(rig.calls).toHaveLength(2);
    await rig.answer('CP1', (await rig.nthCall(2)).id, { kind: 'result', payload: '{"listVersion":3}' });
    await rig.answer('CP1', (await rig.nthCall(3)).id, { kind: 'result', payload: '{"configurationKey":[]}' });
    expect(await first).toMatchObject({ outcome: 'accepted' });
    expect(await high).toMatchObject({ outcome: 'accepted', response: { listVersion: 3 } });
    expect(await low).toMatchObject({ outcome: 'accepted' });
  });

  it('that nobody answers ends as timeout, also when the edge says nothing', { timeout: 20_000 }, async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ClearCache', { timeoutMs: 1000, wait: 10_000 });
    await rig.nthCall(1);
    expect(await asked).toMatchObject({ outcome: 'timeout', sent: true });
    // The edge is told again meanwhile, under the same id.
    expect(rig.copies()).toBeGreaterThan(0);
    expect(rig.calls).toHaveLength(1);
  });

  it('whose answer comes too late is over, and the answer is dropped', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ClearCache');
    const { id } = await rig.nthCall(1);
    await rig.answer('CP1', id, { kind: 'timeout' });
    expect(await asked).toMatchObject({ outcome: 'timeout' });
    expect((await rig.answer('CP1', id, ACCEPTED)).outcome).toEqual({ kind: 'noted' });
    expect(await rig.ask('CP1', 'status', { commandId: id })).toMatchObject({ outcome: 'timeout' });
  });

  it('that the edge could not send waits and is sent to the next connection', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ClearCache', { ttlMs: 60_000, wait: 20_000 });
    const { id } = await rig.nthCall(1);
    await rig.answer('CP1', id, { kind: 'lost', reason: 'notOpen' });
    await rig.disconnect('CP1');
    await rig.connect('CP1', { session: 's2' });
    await waitUntil('the CALL on the new connection', () => rig.copies() > 1);
    await rig.answer('CP1', id, ACCEPTED, 's2');
    expect(await asked).toMatchObject({ outcome: 'accepted' });
  });

  it('is not sent again when the connection is lost after it left', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ClearCache', { ttlMs: 60_000, wait: 20_000 });
    const { id } = await rig.nthCall(1);
    await rig.answer('CP1', id, { kind: 'lost', reason: 'closed' });
    expect(await asked).toMatchObject({ outcome: 'offline', sent: true });
    await rig.disconnect('CP1');
    const copies = rig.copies();
    await rig.connect('CP1', { session: 's2' });
    expect(rig.copies()).toBe(copies);
  });
});

describe('a command to a charger that is away', () => {
  it('ends as offline at once unless it may wait', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    expect(await rig.ask('CP1', 'ClearCache')).toMatchObject({ status: 'finished', outcome: 'offline', sent: false });
    const kinds = (await rig.events('CP1')).slice(-2).map(({ kind }) => kind);
    expect(kinds).toEqual(['command.queued', 'command.finished']);
  });

  it('waits for it when it has a time to live, and the asker is told at once', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    const queued = await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000 });
    expect(queued).toMatchObject({ status: 'queued' });
    await rig.connect('CP1', { session: 's2', boots: false });
    const call = await rig.nthCall(1);
    expect(call).toMatchObject({ id: queued['commandId'], session: 's2' });
    await rig.answer('CP1', call.id, ACCEPTED, 's2');
    expect(await rig.ask('CP1', 'status', { commandId: call.id, wait: 5000 })).toMatchObject({ outcome: 'accepted' });
  });

  it('expires when its time to live is over', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    expect(await rig.ask('CP1', 'ClearCache', { ttlMs: 200, wait: 5000 })).toMatchObject({
      outcome: 'expired',
      sent: false,
    });
  });

  it('is replaced by a newer one with the same coalesceKey', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    const older = await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000, coalesceKey: 'k' });
    const newer = await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000, coalesceKey: 'k' });
    expect(await status(older)).toMatchObject({ status: 'finished', outcome: 'superseded', sent: false });
    expect(await status(newer)).toMatchObject({ status: 'queued' });
  });

  it('can be taken back, once', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    const { commandId } = await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000 });
    expect(await rig.ask('CP1', 'cancel', { commandId })).toMatchObject({ outcome: 'cancelled', sent: false });
    expect(await rig.ask('CP1', 'cancel', { commandId })).toMatchObject({ problem: { code: 'not-cancellable' } });
    await rig.connect('CP1', { session: 's2' });
    expect(rig.calls).toEqual([]);
  });

  it('is refused when as many wait as may', async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    for (let n = 0; n < 16; n += 1) {
      expect(await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000 })).toMatchObject({ status: 'queued' });
    }
    expect(await rig.ask('CP1', 'ClearCache', { ttlMs: 60_000 })).toMatchObject({ problem: { code: 'queue-full' } });
  });
});

describe('an idempotency key', () => {
  it('never sends twice: open, ended, and by another worker', async () => {
    await rig.connect('CP1');
    const first = rig.ask('CP1', 'ClearCache', { idempotencyKey: 'k1' });
    const call = await rig.nthCall(1);
    const again = rig.ask('CP1', 'ClearCache', { idempotencyKey: 'k1' });
    await sleep(systemClock, 50);
    await rig.answer('CP1', call.id, ACCEPTED);
    expect(await first).toMatchObject({ outcome: 'accepted' });
    expect(await again).toEqual(await first);
    expect(await rig.ask('CP1', 'ClearCache', { idempotencyKey: 'k1' })).toEqual(await first);
    await rig.start();
    await rig.workers.shift()?.stop();
    expect(await rig.ask('CP1', 'ClearCache', { idempotencyKey: 'k1' })).toEqual(await first);
    expect(rig.calls).toHaveLength(1);
  });
});

describe('what may be sent', () => {
  it('follows the boot state of the charger', async () => {
    await rig.connect('CP1', { boots: false });
    expect(await rig.ask('CP1', 'ClearCache')).toMatchObject({ problem: { code: 'not-allowed-now' } });
    const trigger = rig.ask('CP1', 'TriggerMessage', { payload: { requestedMessage: 'BootNotification' } });
    await rig.answer('CP1', (await rig.nthCall(1)).id, ACCEPTED);
    expect(await trigger).toMatchObject({ outcome: 'accepted' });
  });

  it('is what the version of the charger knows, with a payload by its schema', async () => {
    await rig.connect('CP1');
    expect(await rig.ask('CP1', 'GetBaseReport')).toMatchObject({ problem: { code: 'unknown-action' } });
    expect(await rig.ask('CP1', 'Heartbeat')).toMatchObject({ problem: { code: 'unknown-action' } });
    expect(await rig.ask('CP1', 'Reset', { payload: { type: 'Gentle' } })).toMatchObject({
      problem: { code: 'invalid-payload', path: '/payload/type' },
    });
    expect(await rig.ask('CP1', 'Reset', { paylaod: {} })).toMatchObject({
      problem: { code: 'invalid-request', path: '/paylaod' },
    });
    expect(rig.calls).toEqual([]);
  });

  it('goes to chargers somebody knows', async () => {
    expect(await rig.ask('NOBODY', 'ClearCache')).toMatchObject({ problem: { code: 'charger-not-found' } });
    const record = { chargerId: 'NEW', securityProfile: 0, registration: 'Accepted', strictness: 'strict' } as const;
    await rig.registry.putCharger('default' as never, record);
    expect(await rig.ask('NEW', 'ClearCache')).toMatchObject({ outcome: 'offline' });
    expect(await rig.ask('new', 'ClearCache', { ttlMs: 60_000 })).toMatchObject({ status: 'queued', charger: 'NEW' });
  });
});

describe('a command in the hands of a worker that goes', () => {
  it('goes on with the next: queued, sent, and asked for', async () => {
    await rig.connect('CP1');
    const sent = rig.ask('CP1', 'ClearCache', { wait: 20_000 });
    const waiting = rig.ask('CP1', 'GetConfiguration', { payload: CONFIGURATION, wait: 20_000 });
    const call = await rig.nthCall(1);
    await waitUntil('both are taken', async () => (await rig.events('CP1')).filter(isQueued).length === 2);
    await rig.start();
    await rig.workers.shift()?.stop();
    await rig.answer('CP1', call.id, ACCEPTED);
    expect(await sent).toMatchObject({ outcome: 'accepted' });
    await rig.answer('CP1', (await rig.nthCall(2)).id, { kind: 'result', payload: '{"configurationKey":[]}' });
    expect(await waiting).toMatchObject({ outcome: 'accepted' });
    const finished = (await rig.events('CP1')).filter(({ kind }) => kind === 'command.finished');
    expect(finished).toHaveLength(2);
  });

  it('expires in time although nobody speaks of its charger', { timeout: 20_000 }, async () => {
    await rig.connect('CP1');
    await rig.disconnect('CP1');
    await rig.ask('CP1', 'ClearCache', { ttlMs: 2500 });
    await rig.start();
    await rig.workers.shift()?.stop();
    await waitUntil('it has ended', async () =>
      (await rig.events('CP1')).some(({ kind, data }) => kind === 'command.finished' && data['outcome'] === 'expired'),
    );
  });
});

describe('a charger that answers nothing', () => {
  it('loses its connection after as many timeouts as allowed, and only then', async () => {
    await rig.connect('CP1');
    for (let n = 1; n <= 3; n += 1) {
      expect(rig.closes).toEqual([]);
      const asked = rig.ask('CP1', 'ClearCache');
      await rig.answer('CP1', (await rig.nthCall(n)).id, { kind: 'timeout' });
      await asked;
    }
    await waitUntil('the close', () => rig.closes.length > 0);
    expect(rig.closes[0]).toMatchObject({ sessionId: 's1', code: 1008 });
    expect((await rig.events('CP1')).map(({ kind }) => kind)).toContain('charger.unresponsive');
  });

  it('gets what still waits over its next connection, not over the one that is given up', async () => {
    await rig.connect('CP1');
    const asked = [1, 2, 3, 4].map(() => rig.ask('CP1', 'ClearCache', { ttlMs: 60_000, wait: 20_000 }));
    for (let n = 1; n <= 3; n += 1) await rig.answer('CP1', (await rig.nthCall(n)).id, { kind: 'timeout' });
    await waitUntil('the close', () => rig.closes.length > 0);
    // The charger is heard once more before its socket closes.
    await rig.answer('CP1', 'c00000000', ACCEPTED);
    expect(rig.calls).toHaveLength(3);
    await rig.disconnect('CP1');
    await rig.connect('CP1', { session: 's2' });
    const last = await rig.nthCall(4);
    expect(last.session).toBe('s2');
    await rig.answer('CP1', last.id, ACCEPTED, 's2');
    const outcomes = (await Promise.all(asked)).map((json) => json['outcome']);
    expect(outcomes.toSorted()).toEqual(['accepted', 'timeout', 'timeout', 'timeout']);
  });
});

describe('a secret in a command', () => {
  const SETTING = { key: 'AuthorizationKey', value: 'hunter2' };
  const REFUSED = { kind: 'error', code: 'SecurityError', description: 'hunter2 is weak', details: '{}' } as const;

  it('is told to who asked for it, and to nobody else', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'GetConfiguration', { payload: { key: ['AuthorizationKey'] } });
    const answer = { configurationKey: [{ readonly: false, ...SETTING }] };
    await rig.answer('CP1', (await rig.nthCall(1)).id, { kind: 'result', payload: JSON.stringify(answer) });
    expect(await asked).toMatchObject({ response: answer });
    expect((await finishedOf('CP1'))[0]).toMatchObject({
      response: { configurationKey: [{ ...SETTING, value: '***' }] },
    });
    expect(JSON.stringify(await rig.events('CP1'))).not.toContain('hunter2');
  });

  it('is not told by the error of the charger, also when another worker takes that', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ChangeConfiguration', { payload: SETTING, wait: 20_000 });
    const call = await rig.nthCall(1);
    await rig.start();
    await rig.workers.shift()?.stop();
    await rig.answer('CP1', call.id, REFUSED);
    expect(await asked).toMatchObject({ error: { description: 'hunter2 is weak' } });
    const error = { code: 'SecurityError', description: '***', details: {} };
    expect((await finishedOf('CP1'))[0]).toMatchObject({ outcome: 'callError', error });
    expect(JSON.stringify(await rig.events('CP1'))).not.toContain('hunter2');
  });

  it('that is none leaves the error as it is, also when another worker takes that', async () => {
    await rig.connect('CP1');
    const asked = rig.ask('CP1', 'ChangeConfiguration', { payload: { ...SETTING, key: 'Room' }, wait: 20_000 });
    const call = await rig.nthCall(1);
    await rig.start();
    await rig.workers.shift()?.stop();
    await rig.answer('CP1', call.id, REFUSED);
    await asked;
    expect((await finishedOf('CP1'))[0]).toMatchObject({ error: { description: 'hunter2 is weak' } });
  });
});

async function finishedOf(charger: string): Promise<readonly Json[]> {
  return (await rig.events(charger)).filter(({ kind }) => kind === 'command.finished').map(({ data }) => data);
}

function isQueued({ kind }: { readonly kind: string }): boolean {
  return kind === 'command.queued';
}

function status(command: Json): Promise<Json> {
  return rig.ask('CP1', 'status', { commandId: command['commandId'] });
}
