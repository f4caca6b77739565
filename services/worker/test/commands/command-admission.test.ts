import { type ChargerState, EMPTY_STATE, NO_COMMANDS, type QueuedCommand } from '@voltlane/charger-state';
import type { CommandProblemCode } from '@voltlane/commands';
import type { CommandSubmit } from '@voltlane/wire';
import { chargerId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { commandOf, endingOf, payloadFault, refusalOf, statusOf } from '../../src/commands/command-admission.ts';
import { type ChargerPolicy, DEFAULT_POLICY } from '../../src/domain/policy.ts';

const NOW_MS = 1_772_366_400_000;
const SESSION = { id: 's1', edgeId: 'e1', version: '1.6', openedAtMs: NOW_MS } as const;
const CONNECTED: ChargerState = {
  ...EMPTY_STATE,
  registration: 'Accepted',
  version: '1.6',
  session: SESSION,
  newestSession: 's1',
};
const AWAY: ChargerState = { ...CONNECTED, session: undefined };
/** What a pending charger may not be told. */
const START: Partial<CommandSubmit> = { action: 'RemoteStartTransaction', payload: '{"idTag":"A"}' };
const REGISTERED: ChargerPolicy = { ...DEFAULT_POLICY, registered: true };

function asked(more: Partial<CommandSubmit> = {}): CommandSubmit {
  return {
    kind: 'commandSubmit',
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    commandId: 'c00000001',
    waitMs: 0,
    action: 'ClearCache',
    payload: '{}',
    timeoutMs: 30_000,
    ttlMs: 0,
    priority: 5,
    coalesceKey: undefined,
    requestedBy: undefined,
    requestedAtMs: NOW_MS - 5,
    waitsWhileAway: true,
    repeated: false,
    ...more,
  };
}

function queueOf(count: number, coalesceKey?: string): ChargerState {
  const one: QueuedCommand = { ...commandOf(asked({ ttlMs: 1000, coalesceKey }), NOW_MS) };
  return {
    ...AWAY,
    commands: { ...NO_COMMANDS, queue: Array.from({ length: count }, (_, n) => ({ ...one, id: `c${n}` })) },
  };
}

describe('a command is', () => {
  it.each<[string, ChargerState, Partial<CommandSubmit>, CommandProblemCode | undefined]>([
    ['taken', CONNECTED, {}, undefined],
    ['taken for a charger that is away, to end there or to wait', AWAY, {}, undefined],
    ['refused for an action of another version', CONNECTED, { action: 'GetBaseReport' }, 'unknown-action'],
    ['refused for an action of the charger', CONNECTED, { action: 'Heartbeat' }, 'unknown-action'],
    ['refused for no action at all', CONNECTED, { action: 'toString' }, 'unknown-action'],
    ['refused for a payload that breaks its schema', CONNECTED, { payload: '{"x":1}' }, 'invalid-payload'],
    ['refused when the boot state forbids it', { ...CONNECTED, registration: 'Pending' }, START, 'not-allowed-now'],
    [
      'taken to wait until the boot state allows it',
      { ...CONNECTED, registration: 'Pending' },
      { ...START, ttlMs: 5 },
      undefined,
    ],
    ['taken for a charger away in any boot state', { ...AWAY, registration: 'Pending' }, START, undefined],
    ['taken as the last that may wait', queueOf(15), {}, undefined],
    ['refused when as many wait as may', queueOf(16), {}, 'queue-full'],
    ['taken in place of one that waits', queueOf(16, 'k'), { coalesceKey: 'k' }, undefined],
  ])('%s', (_what, state, more, expected) => {
    expect(refusalOf({ state, policy: REGISTERED }, asked(more), 16)?.code).toBe(expected);
  });

  it('refused for a charger nobody knows', () => {
    const policy = { ...REGISTERED, registered: false };
    expect(refusalOf({ state: EMPTY_STATE, policy }, asked(), 16)?.code).toBe('charger-not-found');
    expect(refusalOf({ state: AWAY, policy }, asked(), 16)).toBeUndefined();
    expect(refusalOf({ state: EMPTY_STATE, policy: REGISTERED }, asked(), 16)).toBeUndefined();
  });

  it('measured by every version a charger that was never seen may come with', () => {
    const unseen = (versions: ChargerPolicy['versions'], more: Partial<CommandSubmit>) =>
      refusalOf({ state: EMPTY_STATE, policy: { ...REGISTERED, versions } }, asked({ ttlMs: 1, ...more }), 16);
    const report = { action: 'GetBaseReport', payload: '{"requestId":1,"reportBase":"FullInventory"}' };
    expect(unseen(['1.6', '2.0.1'], report)).toBeUndefined();
    expect(unseen(['1.6'], report)).toMatchObject({ code: 'unknown-action' });
    // Right in one of them.
    expect(unseen(['1.6', '2.0.1'], { action: 'Reset', payload: '{"type":"Soft"}' })).toBeUndefined();
    expect(unseen(['1.6', '2.0.1'], { action: 'Reset', payload: '{"type":"Immediate"}' })).toBeUndefined();
    expect(unseen(['1.6', '2.0.1'], { action: 'Reset', payload: '{"type":"Gentle"}' })).toMatchObject({
      code: 'invalid-payload',
      path: '/payload/type',
    });
  });
});

describe('in the queue it', () => {
  it.each([
    [{ ttlMs: 0 }, { expiresAtMs: NOW_MS + 30_000, waitsOffline: false }],
    [{ ttlMs: 5 }, { expiresAtMs: NOW_MS + 5, waitsOffline: true }],
    [{ action: 'TriggerMessage', payload: '{"requestedMessage":"Heartbeat"}' }, { triggers: ['Heartbeat'] }],
    [
      { priority: 9, coalesceKey: 'k', timeoutMs: 7 },
      { priority: 9, coalesceKey: 'k', timeoutMs: 7 },
    ],
  ])('with %j is %j', (more, expected) => {
    expect(commandOf(asked(more), NOW_MS)).toMatchObject({ id: 'c00000001', requestedAtMs: NOW_MS - 5, ...expected });
  });
});

describe('by the word of the edge it ends', () => {
  it.each([
    [
      { kind: 'result', payload: '{"status":"Accepted"}' },
      { outcome: 'accepted', response: '{"status":"Accepted"}' },
    ],
    [
      { kind: 'result', payload: '{"status":"Rejected"}' },
      { outcome: 'rejected', response: '{"status":"Rejected"}' },
    ],
    [
      { kind: 'error', code: 'C', description: 'd', details: '{"x":1}' },
      { outcome: 'callError', error: { code: 'C', description: 'd', details: '{"x":1}' } },
    ],
    [
      { kind: 'error', code: 'C', description: '', details: '' },
      { error: { code: 'C', description: '', details: '{}' } },
    ],
    [{ kind: 'timeout' }, { outcome: 'timeout' }],
    [{ kind: 'lost', reason: 'closed' }, { outcome: 'offline' }],
  ] as const)('%j: %j', (outcome, expected) => {
    expect(endingOf(outcome)).toMatchObject({ sent: true, ...expected });
  });
});

describe('what is told of it', () => {
  const actor = { tenant: tenant('default'), chargerId: chargerId('CP1') };
  it('names charger and command, and when it was sent', () => {
    const command = commandOf(asked(), NOW_MS);
    const head = { commandId: 'c00000001', tenant: 'default', charger: 'CP1', action: 'ClearCache' };
    expect(statusOf(actor, command)).toEqual({
      ...head,
      requestedAtMs: NOW_MS - 5,
      sentAtMs: undefined,
      ending: undefined,
    });
    const sent = { ...command, sessionId: 's1', edgeId: 'e1', sentAtMs: NOW_MS };
    expect(statusOf(actor, sent, { outcome: 'timeout', sent: true })).toMatchObject({
      sentAtMs: NOW_MS,
      ending: { outcome: 'timeout' },
    });
  });
});

describe('a payload', () => {
  it('is checked against the version the charger speaks when it is sent', () => {
    expect(payloadFault('1.6', 'Reset', '{"type":"Soft"}')).toBeUndefined();
    expect(payloadFault('2.0.1', 'Reset', '{"type":"Soft"}')).toMatchObject({ path: '/type' });
    expect(payloadFault('2.0.1', 'ChangeConfiguration', '{}')).toMatchObject({ code: 'NotSupported', path: '' });
  });
});
