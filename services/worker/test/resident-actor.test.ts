import { EMPTY_STATE, writeState } from '@voltlane/charger-state';
import { chargerId, epoch, partitionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../src/domain/policy.ts';
import { ResidentActor } from '../src/resident-actor.ts';

const STATE = {
  ...EMPTY_STATE,
  registration: 'Accepted' as const,
  vendor: 'Vendör',
  session: { id: 's1', edgeId: 'e1', version: '1.6' as const, openedAtMs: 1_700_000_000_000.25 },
  connectors: { '1/1': { status: 'Available', errorCode: undefined, at: '2026-01-01T00:00:00.000Z' } },
};

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

describe('the recent answers of a resident actor', () => {
  const answer = { session: 's1', seq: 3, messageId: 'm', fingerprint: 3_749_307_194_682_154 };
  const answers = [
    { ...answer, answer: { kind: 'error', code: 'GenericError', description: 'ü' } },
    { ...answer, answer: { kind: 'noted' } },
  ] as const;

  it('are the same after a rest', () => {
    const resident = actor(undefined);
    resident.rest();
    expect(resident.recent).toEqual([]);
    resident.recent = answers;
    expect(resident.recent).toBe(answers);
    resident.rest();
    expect(resident.recent).toEqual(answers);
    resident.rest();
    expect(resident.recent).toEqual(answers);
  });

  it('are the newest ones, when they changed after a rest', () => {
    const resident = actor(undefined);
    resident.recent = answers;
    resident.rest();
    resident.recent = answers.slice(1);
    resident.rest();
    expect(resident.recent).toEqual(answers.slice(1));
  });
});
