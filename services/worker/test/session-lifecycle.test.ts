import type { SessionClosed, SessionHeader } from '@voltlane/wire';
import { chargerId, edgeId, sessionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import type { ChargerState } from '../src/domain/charger-state.ts';
import { EMPTY_STATE } from '../src/domain/charger-state.ts';
import { attachSession, detachSession, isNewSession } from '../src/session-lifecycle.ts';

function header(session: string, edge = 'edge1'): SessionHeader {
  return {
    tenant: tenant('default'),
    chargerId: chargerId('CP1'),
    edgeId: edgeId(edge),
    sessionId: sessionId(session),
    version: '2.0.1',
  };
}

function closed(session: string): SessionClosed {
  return { ...header(session), kind: 'sessionClosed', seq: 9, closedAtMs: 2000, code: 1006, reason: 'gone' };
}

const opening = { openedAtMs: 1000, remoteAddress: '127.0.0.1', securityProfile: 1 };

function connected(session: string, from: ChargerState = EMPTY_STATE): ChargerState {
  return attachSession(from, header(session), opening).state;
}

describe('a session', () => {
  it('that is the first makes the charger connected', () => {
    const change = attachSession(EMPTY_STATE, header('s1'), opening);
    expect(change.events.map((event) => event.kind)).toEqual(['charger.connected']);
    expect(change.replaced).toBeUndefined();
    expect(change.state.session).toMatchObject({ id: 's1', edgeId: 'edge1', version: '2.0.1' });
  });

  it('that is newer replaces the one before: disconnected, then connected, and the old socket is named', () => {
    const change = attachSession(connected('s1'), header('s2', 'edge2'), opening);
    expect(change.events.map((event) => [event.kind, event.data['session']])).toEqual([
      ['charger.disconnected', 's1'],
      ['charger.connected', 's2'],
    ]);
    expect(change.replaced?.id).toBe('s1');
  });

  it('ends the connection when it is the current one', () => {
    const change = detachSession(connected('s1'), closed('s1'));
    expect(change?.state.session).toBeUndefined();
    expect(change?.events.map((event) => event.kind)).toEqual(['charger.disconnected']);
  });
});

describe('a late word of an old session', () => {
  it('about its end does not end the new one', () => {
    expect(detachSession(connected('s2', connected('s1')), closed('s1'))).toBeUndefined();
  });

  it('does not attach it again, not even after the charger went away', () => {
    const gone = detachSession(connected('s2', connected('s1')), closed('s2'))?.state ?? EMPTY_STATE;
    expect(isNewSession(gone, header('s1'))).toBe(false);
    expect(isNewSession(gone, header('s2'))).toBe(false);
    expect(isNewSession(gone, header('s3'))).toBe(true);
  });
});
