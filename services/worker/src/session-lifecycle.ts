/**
 * Which session a charger is connected by. Pure.
 *
 * The newest session wins, and whatever an older one still says about its beginning or end changes nothing. "Newest" is the one
 * opened last, told from the age each message carries: wall clocks of edges are never compared. The reasons, and what is left
 * to chance, are in docs/decisions/0006-newest-session.md.
 */

import type { ChargerState, SessionState } from '@voltlane/charger-state';
import { STATE_LIMITS } from '@voltlane/charger-state';
import { isoTime } from '@voltlane/time';
import type { SessionClosed, SessionHeader } from '@voltlane/wire';
import type { Contest } from './duplicate-identity.ts';
import { contest } from './duplicate-identity.ts';
import type { EventDraft } from './handlers/handler.ts';

/** What a session's beginning or end does. `replaced` is the session whose socket must be closed. */
export interface SessionChange {
  readonly state: ChargerState;
  readonly events: readonly EventDraft[];
  readonly replaced: SessionState | undefined;
}

/** How a session was opened, where that is known. */
export interface Opening {
  readonly openedAtMs: number;
  readonly remoteAddress: string | undefined;
  readonly securityProfile: number | undefined;
}

/** What the owner's clocks say about a message. */
export interface Sighting {
  /** Age of the session now, ms; 0 where the edge does not say. */
  readonly agoMs: number;
  /** Owner's wall clock now. */
  readonly nowMs: number;
  /** Owner's monotonic clock now. */
  readonly monotonicMs: number;
}

/**
 * `current`: the charger is connected by it. `newest`: it is to be attached. `contested`: it is the newest, but sessions replace
 * each other so often that it has to wait. `past`: it ended, was replaced, or is older than the newest.
 */
export type Standing = 'current' | 'newest' | 'contested' | 'past';

/** Clocks of two owners may differ by this: only a session older by more is refused on the word of another owner's clock. */
export const OWNER_CLOCKS_DIFFER_MS = 10_000;

/** Where a session stands. `newestOpenedMonotonicMs`: when the newest was opened, if this process attached it. */
export function standing(
  state: ChargerState,
  header: Pick<SessionHeader, 'sessionId' | 'edgeId'>,
  sighting: Sighting,
  newestOpenedMonotonicMs: number | undefined,
): Standing {
  if (state.session?.id === header.sessionId) return 'current';
  if (state.pastSessions.includes(header.sessionId)) return 'past';
  // Ended because its edge seemed lost, and here it is.
  if (state.newestSession === header.sessionId) return 'newest';
  if (state.newestSession !== '' && isOlder(state, sighting, newestOpenedMonotonicMs)) return 'past';
  return contest(state, header.edgeId, sighting.nowMs).mustWait ? 'contested' : 'newest';
}

function isOlder(state: ChargerState, sighting: Sighting, newestOpenedMonotonicMs: number | undefined): boolean {
  const { agoMs, nowMs, monotonicMs } = sighting;
  if (newestOpenedMonotonicMs !== undefined) return monotonicMs - agoMs < newestOpenedMonotonicMs;
  // Never below 0: however wrong the clocks are, a session younger than the margin is not refused.
  const newestAgoMs = Math.max(0, nowMs - state.newestOpenedMs);
  return agoMs > newestAgoMs + OWNER_CLOCKS_DIFFER_MS;
}

/** A session that `standing` calls the newest: connected, and the one before it, if it had not ended, disconnected. */
export function attachSession(
  state: ChargerState,
  header: SessionHeader,
  opening: Opening,
  sighting: Sighting,
): SessionChange {
  const events: EventDraft[] = [];
  const at = isoTime(opening.openedAtMs);
  const replaced = state.session;
  let rivals: Contest | undefined;
  if (replaced !== undefined) {
    events.push({ kind: 'charger.disconnected', at, data: { session: replaced.id, reason: 'replaced' } });
    rivals = contest(state, header.edgeId, sighting.nowMs);
  }
  const data: Record<string, unknown> = { session: header.sessionId, edge: header.edgeId, ocppVersion: header.version };
  if (opening.remoteAddress !== undefined) data['remoteAddress'] = opening.remoteAddress;
  if (opening.securityProfile !== undefined) data['securityProfile'] = opening.securityProfile;
  events.push({ kind: 'charger.connected', at, data });
  if (rivals?.event !== undefined) events.push(rivals.event);
  const session: SessionState = {
    id: header.sessionId,
    edgeId: header.edgeId,
    version: header.version,
    openedAtMs: opening.openedAtMs,
  };
  const next: ChargerState = {
    ...state,
    session,
    version: header.version,
    newestSession: header.sessionId,
    newestOpenedMs: sighting.nowMs - sighting.agoMs,
    pastSessions: state.newestSession === header.sessionId ? state.pastSessions : past(state, state.newestSession),
    replacements: rivals === undefined ? state.replacements : rivals.replacements,
  };
  return { state: next, events, replaced };
}

/** The end of a session; nothing unless it is the one the charger is connected by. */
export function detachSession(state: ChargerState, closed: SessionClosed): SessionChange | undefined {
  if (state.session?.id !== closed.sessionId) return undefined;
  const data = { session: closed.sessionId, reason: closed.reason, code: closed.code };
  return {
    state: { ...state, session: undefined, pastSessions: past(state, closed.sessionId) },
    events: [{ kind: 'charger.disconnected', at: isoTime(closed.closedAtMs), data }],
    replaced: undefined,
  };
}

/**
 * The end of the session because its edge is gone. The edge may be wrong about being dead (cut off for a while), so the session
 * is not among the past ones: what it says later attaches it again.
 */
export function loseSession(state: ChargerState, edgeId: string, nowMs: number): SessionChange | undefined {
  if (state.session?.edgeId !== edgeId) return undefined;
  const data = { session: state.session.id, reason: 'edge lost', code: 1006 };
  return {
    state: { ...state, session: undefined },
    events: [{ kind: 'charger.disconnected', at: isoTime(nowMs), data }],
    replaced: undefined,
  };
}

function past(state: ChargerState, session: string): readonly string[] {
  if (session === '' || state.pastSessions.includes(session)) return state.pastSessions;
  return [session, ...state.pastSessions].slice(0, STATE_LIMITS.pastSessionsMax);
}
