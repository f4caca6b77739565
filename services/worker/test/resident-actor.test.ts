import { EMPTY_STATE, NO_COMMANDS, writeState } from '@voltlane/charger-state';
import { chargerId, epoch, partitionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../src/domain/policy.ts';
import { ResidentActor } from '../src/resident-actor.ts';

const STATE = {
  ...EMPTY_STATE,
  registration: 'Accepted' as const,
  vendor: 'Vendör',
  session: { id: 's1', edgeId: 'e1', version: '1.6' as const, openedAtMs: 1_700_000_000_000.25 },
  newestSession: 's1',
  connectors: { '1/1': { status: 'Available', errorCode: undefined, at: '2026-01-01T00:00:00.000Z' } },
};

const QUEUED = {
  id: 'c1',
  action: 'Reset',
  priority: 4,
  coalesceKey: undefined,
  requestedAtMs: 1,
  expiresAtMs: 2,
  waitsOffline: true,
  timeoutMs: 3,
  triggers: [],
  sends: 0,
};
const SENT = { ...QUEUED, sessionId: 's1', edgeId: 'e1', sentAtMs: 5 };

function actor(header: string | undefined): ResidentActor {
  const identity = {
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    partition: partitionId(0),
    epoch: epoch(1),
  };
  return new ResidentActor(identity, { header, expectedSequence: 7 }, DEFAULT_POLICY, -1);
}

describe('the state of a resident actor', () => {
  it('is one object while a message is in hand, and an equal one after a rest', () => {
    const resident = actor(writeState(STATE));
    const first = resident.state;
    expect(first).toEqual(STATE);
    expect(resident.state).toBe(first);
    resident.rest();
    expect(resident.state).not.toBe(first);
    expect(resident.state).toEqual(STATE);
  });

  it('is the one last recorded, before and after a rest', () => {
    const resident = actor(undefined);
    expect(resident.state).toEqual(EMPTY_STATE);
    resident.recorded(STATE, writeState(STATE), 12);
    expect(resident.state).toBe(STATE);
    expect(resident.expectedSequence).toBe(12);
    resident.rest();
    expect(resident.state).toEqual(STATE);
  });

  it('is empty for a charger without a record, however often it rests', () => {
    const resident = actor(undefined);
    resident.rest();
    expect(resident.state).toEqual(EMPTY_STATE);
  });
});

describe('the open transactions of a resident actor', () => {
  const open = [
    {
      id: '7',
      key: 'k',
      evseId: 0,
      connectorId: 1,
      idToken: 'T',
      startedAt: '2026-01-01T00:00:00.000Z',
      meterStartWh: undefined,
      startFingerprint: undefined,
      seen: [],
    },
  ];

  /** `{ registration, open }` by names. */
  const VERSION_1 =
    '1gqxyZWdpc3RyYXRpb26oQWNjZXB0ZWSkb3BlbpGHomlkoTeja2V5oWumZXZzZUlkAKtjb25uZWN0b3JJZAGnaWRUb2tlbqFUqXN0YXJ0ZWRBdLgyMDI2LTAxLTAxVDAwOjAwOjAwLjAwMFqkc2VlbpA';

  it('are those of its state, read or not, from this version or an older one, and none without a record', () => {
    expect(actor(undefined).open).toEqual([]);
    const found = actor(writeState({ ...STATE, open }));
    expect(found.open).toEqual(open);
    expect(found.open).toEqual(found.state.open);
    // Once the state has been read it is not looked for again.
    expect(found.open).toBe(found.state.open);
    expect(actor(VERSION_1).open).toEqual(open);
  });

  it('are those of the newest record', () => {
    const resident = actor(writeState({ ...STATE, open }));
    expect(resident.open).toEqual(open);
    const next = { ...STATE, open: [] };
    resident.recorded(next, writeState(next), 9);
    expect(resident.open).toEqual([]);
    resident.rest();
    expect(resident.open).toEqual([]);
  });
});

describe('a resident actor at ease', () => {
  const commands = { ...NO_COMMANDS, queue: [QUEUED] };
  it.each([
    ['one that was accepted, is connected and has no command', STATE, true],
    ['none that was not accepted', { ...STATE, registration: 'Pending' as const }, false],
    ['none that is not connected', { ...STATE, session: undefined }, false],
    ['none with a command', { ...STATE, commands }, false],
    ['none with a command on its way', { ...STATE, commands: { ...NO_COMMANDS, sent: SENT } }, false],
    ['none nobody knows', undefined, false],
  ])('is %s', (_name, state, expected) => {
    const found = actor(state === undefined ? undefined : writeState(state));
    expect(found.atEase).toBe(expected);
    const recorded = actor(undefined);
    if (state !== undefined) recorded.recorded(state, writeState(state), 8);
    for (const resident of [found, recorded]) {
      resident.rest();
      expect(resident.atEase).toBe(expected);
      expect(resident.atEaseIn('s1')).toBe(expected);
      for (const other of ['s', 's10', 's2', '']) expect(resident.atEaseIn(other)).toBe(false);
    }
  });

  it('is no longer one once another session is recorded', () => {
    const resident = actor(writeState(STATE));
    expect(resident.atEaseIn('s1')).toBe(true);
    const next = { ...STATE, session: { ...STATE.session, id: 's2' }, newestSession: 's2', pastSessions: ['s1'] };
    resident.recorded(next, writeState(next), 9);
    expect(resident.atEaseIn('s1')).toBe(false);
    expect(resident.atEaseIn('s2')).toBe(true);
  });

  it('knows it although a text of its state is the id of the session, or looks like it', () => {
    for (const vendor of ['s1', '"s1"', ',"s1",']) {
      const resident = actor(writeState({ ...STATE, vendor }));
      expect(resident.atEaseIn('s1')).toBe(true);
      expect(resident.atEaseIn('s2')).toBe(false);
    }
  });
});

describe('the answers of a resident actor', () => {
  const answer = { session: 's1', seq: 3, messageId: 'm3', fingerprint: 3_749_307_194_682_154 };
  const first = { ...answer, answer: { kind: 'error', code: 'GenericError', description: 'ü' } } as const;
  const second = { ...answer, seq: 4, messageId: 'm4', answer: { kind: 'noted' } } as const;

  it('are remembered, newest first, also after a rest', () => {
    const resident = actor(undefined);
    expect(resident.recent).toEqual([]);
    resident.remember(first);
    resident.rest();
    expect(resident.recent).toEqual([first]);
    resident.remember(second);
    expect(resident.recent).toEqual([second, first]);
  });

  it('has one for each message id of a session: a charger that uses it again means something else', () => {
    const resident = actor(undefined);
    const again = { ...first, seq: 5, fingerprint: 1 };
    const elsewhere = { ...first, session: 's2' };
    for (const one of [first, second, elsewhere, again]) resident.remember(one);
    expect(resident.recent).toEqual([again, elsewhere, second]);
  });

  it('are looked for only where their message id stands', () => {
    const resident = actor(writeState({ ...STATE, answered: [{ ...second, messageId: 'ü"' }] }));
    resident.remember(first);
    for (const messageId of ['m3', 'ü"']) expect(resident.mayHaveAnswered(messageId)).toBe(true);
    for (const messageId of ['m', 'm33', 'm4', '"']) expect(resident.mayHaveAnswered(messageId)).toBe(false);
  });

  it('may be in a state of an older version whatever their message id is', () => {
    expect(actor('2kA').mayHaveAnswered('m')).toBe(true);
    expect(actor(undefined).mayHaveAnswered('m')).toBe(false);
  });
});
