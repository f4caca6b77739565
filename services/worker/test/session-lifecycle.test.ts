import type { ChargerState } from '@voltlane/charger-state';
import { EMPTY_STATE, STATE_LIMITS } from '@voltlane/charger-state';
import type { SessionClosed, SessionHeader } from '@voltlane/wire';
import { chargerId, edgeId, sessionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { REPLACEMENT_WINDOW_MS, REPLACEMENTS_MAX, TAKEOVER_WAIT_MS } from '../src/duplicate-identity.ts';
import type { Sighting, Standing } from '../src/session-lifecycle.ts';
import {
  attachSession,
  detachSession,
  loseSession,
  OWNER_CLOCKS_DIFFER_MS,
  standing,
} from '../src/session-lifecycle.ts';

const WALL_MS = 1_767_225_600_000;

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

/** An owner whose clocks stand at `ms`, and a session that was opened `agoMs` before. */
function at(ms: number, agoMs = 0): Sighting {
  return { agoMs, nowMs: WALL_MS + ms, monotonicMs: ms };
}

function connected(session: string, from: ChargerState = EMPTY_STATE, sighting = at(0), edge = 'edge1'): ChargerState {
  return attachSession(from, header(session, edge), opening, sighting).state;
}

/** `attachedMs`: when the newest was opened by the monotonic clock of this owner; undefined: by another owner. */
function stands(state: ChargerState, session: string, sighting: Sighting, attachedMs?: number): Standing {
  return standing(state, header(session, 'edge2'), sighting, attachedMs);
}

function lost(state: ChargerState): ChargerState {
  return loseSession(state, 'edge1', WALL_MS)?.state ?? EMPTY_STATE;
}

describe('a session', () => {
  it('that is the first makes the charger connected', () => {
    const change = attachSession(EMPTY_STATE, header('s1'), opening, at(0));
    expect(stands(EMPTY_STATE, 's1', at(0))).toBe('newest');
    expect(change.events.map((event) => event.kind)).toEqual(['charger.connected']);
    expect(change.replaced).toBeUndefined();
    expect(change.state.session).toMatchObject({ id: 's1', edgeId: 'edge1', version: '2.0.1' });
  });

  it('that is newer replaces the one before: disconnected, then connected, and the old socket is named', () => {
    const change = attachSession(connected('s1'), header('s2', 'edge2'), opening, at(10));
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

  it('does not attach it again, not even after the charger went away, whatever age it claims', () => {
    const gone = detachSession(connected('s2', connected('s1')), closed('s2'))?.state ?? EMPTY_STATE;
    expect(stands(gone, 's1', at(50_000))).toBe('past');
    expect(stands(gone, 's2', at(50_000))).toBe('past');
    expect(stands(gone, 's3', at(50_000))).toBe('newest');
  });

  it('is known as such for as many sessions as the state keeps', () => {
    let state = EMPTY_STATE;
    for (let n = 0; n < 20; n += 1) state = connected(`s${n}`, state, at(n));
    expect(state.pastSessions).toHaveLength(STATE_LIMITS.pastSessionsMax);
    expect(stands(state, 's18', at(50))).toBe('past');
    // Pushed out of the list, it is still the older one by its age.
    expect(stands(state, 's1', at(50, 49), 19)).toBe('past');
  });
});

describe('which of two is newer', () => {
  it('is told by their age, whatever their ids and the order in which they come', () => {
    const state = connected('zzz', EMPTY_STATE, at(5000));
    // Opened before the other, heard of later.
    expect(stands(state, 'aaa', at(6000, 1001), 5000)).toBe('past');
    expect(stands(state, 'aaa', at(6000, 999), 5000)).toBe('newest');
    expect(stands(state, 'aaa', at(6000, 0), 5000)).toBe('newest');
  });

  it('is told across owners only where the difference is larger than their clocks may differ', () => {
    const state = connected('s5', EMPTY_STATE, at(0));
    const older = (agoMs: number): Standing => stands(state, 's4', at(20_000, agoMs));
    expect(older(20_000)).toBe('newest');
    // Owners' clocks five seconds apart.
    expect(older(25_000)).toBe('newest');
    expect(older(20_000 + OWNER_CLOCKS_DIFFER_MS)).toBe('newest');
    expect(older(20_001 + OWNER_CLOCKS_DIFFER_MS)).toBe('past');
  });

  it('never refuses a young session because the clock of the owner before was ahead', () => {
    const state = connected('s5', EMPTY_STATE, at(3_600_000));
    expect(stands(state, 's6', at(0, 0))).toBe('newest');
    expect(stands(state, 's6', at(0, 5_000))).toBe('newest');
    expect(stands(state, 's6', at(0, OWNER_CLOCKS_DIFFER_MS))).toBe('newest');
  });
});

describe('a session whose edge was lost', () => {
  it('is reported disconnected once, and only while it is the current one', () => {
    const change = loseSession(connected('s1'), 'edge1', WALL_MS);
    expect(change?.events.map(({ kind, data }) => [kind, data['reason']])).toEqual([
      ['charger.disconnected', 'edge lost'],
    ]);
    expect(loseSession(lost(connected('s1')), 'edge1', WALL_MS)).toBeUndefined();
    expect(loseSession(connected('s2', connected('s1'), at(1), 'edge2'), 'edge1', WALL_MS)).toBeUndefined();
  });

  it('attaches again when it is heard of, because the edge was only cut off', () => {
    expect(stands(lost(connected('s1')), 's1', at(60_000, 60_000))).toBe('newest');
  });

  it('does not when a newer one came meanwhile', () => {
    const state = connected('s2', lost(connected('s1')), at(10), 'edge2');
    expect(stands(state, 's1', at(60_000, 0))).toBe('past');
  });
});

describe('two devices with one identity', () => {
  /** The one that lost its place tries `count` times, `everyMs` apart, each on an edge of its own; returns what happened. */
  function fight(count: number, everyMs: number) {
    let state = EMPTY_STATE;
    const events: string[] = [];
    let refused = 0;
    for (let n = 0; n < count; n += 1) {
      const edge = state.session?.edgeId === 'edge1' ? 'edge2' : 'edge1';
      if (standing(state, header(`s${n}`, edge), at(n * everyMs), undefined) === 'contested') {
        refused += 1;
        continue;
      }
      const change = attachSession(state, header(`s${n}`, edge), opening, at(n * everyMs));
      events.push(...change.events.map(({ kind, data }) => (kind === 'security.event' ? String(data['type']) : kind)));
      state = change.state;
    }
    return { state, refused, found: events.filter((event) => event === 'DuplicateIdentity').length };
  }

  it('are taken for one charger up to a number of replacements', () => {
    expect(fight(REPLACEMENTS_MAX + 1, 100)).toMatchObject({ refused: 0, found: 0 });
  });

  it('are noticed above it: one event in the window, and takeovers have to wait', () => {
    const { refused, found } = fight(200, 250);
    expect(found).toBe(1);
    // 50 s, of which the first few are free and each takeover then holds its place.
    const takeovers = 200 - refused;
    expect(takeovers).toBeLessThanOrEqual(REPLACEMENTS_MAX + 2 + 50_000 / TAKEOVER_WAIT_MS);
    expect(takeovers).toBeGreaterThan(REPLACEMENTS_MAX + 1);
  });

  it('stay slow while they go on, with one event per window', () => {
    const minutes = 10;
    const { found } = fight((minutes * REPLACEMENT_WINDOW_MS) / 500, 500);
    expect(found).toBeGreaterThanOrEqual(minutes - 1);
    expect(found).toBeLessThanOrEqual(minutes);
  });

  it('are forgiven after a calm window', () => {
    const { state } = fight(50, 100);
    const later = at(3 * REPLACEMENT_WINDOW_MS);
    expect(standing(state, header('new', 'edge9'), later, undefined)).toBe('newest');
    expect(attachSession(state, header('new', 'edge9'), opening, later).state.replacements?.count).toBe(1);
  });

  it('do not make a charger that reconnects properly suspicious', () => {
    let state = EMPTY_STATE;
    for (let n = 0; n < 100; n += 1) {
      state = connected(`s${n}`, state, at(n * 100));
      state = detachSession(state, closed(`s${n}`))?.state ?? state;
    }
    expect(state.replacements).toBeUndefined();
  });
});
