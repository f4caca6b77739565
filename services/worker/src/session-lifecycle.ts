/**
 * Which session a charger is connected by. Pure.
 *
 * Session ids sort by the time their socket was opened, so "newer" is a comparison: the newest session wins, and whatever an
 * older one still says about its beginning or end changes nothing.
 */
import { isoTime } from '@voltlane/time';
import type { SessionClosed, SessionHeader } from '@voltlane/wire';
import type { ChargerState, SessionState } from './domain/charger-state.ts';
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

/** True when the session is newer than any this charger had. */
export function isNewSession(state: ChargerState, header: SessionHeader): boolean {
  return header.sessionId > state.newestSession;
}

/** A newer session: connected, and the one before it, if it had not ended, disconnected. */
export function attachSession(state: ChargerState, header: SessionHeader, opening: Opening): SessionChange {
  const events: EventDraft[] = [];
  const at = isoTime(opening.openedAtMs);
  if (state.session !== undefined) {
    events.push({ kind: 'charger.disconnected', at, data: { session: state.session.id, reason: 'replaced' } });
  }
  const data: Record<string, unknown> = { session: header.sessionId, edge: header.edgeId, ocppVersion: header.version };
  if (opening.remoteAddress !== undefined) data['remoteAddress'] = opening.remoteAddress;
  if (opening.securityProfile !== undefined) data['securityProfile'] = opening.securityProfile;
  events.push({ kind: 'charger.connected', at, data });
  const session: SessionState = {
    id: header.sessionId,
    edgeId: header.edgeId,
    version: header.version,
    openedAtMs: opening.openedAtMs,
  };
  return { state: { ...state, session, newestSession: header.sessionId }, events, replaced: state.session };
}

/** The end of a session; nothing unless it is the one the charger is connected by. */
export function detachSession(state: ChargerState, closed: SessionClosed): SessionChange | undefined {
  if (state.session?.id !== closed.sessionId) return undefined;
  const data = { session: closed.sessionId, reason: closed.reason, code: closed.code };
  return {
    state: { ...state, session: undefined },
    events: [{ kind: 'charger.disconnected', at: isoTime(closed.closedAtMs), data }],
    replaced: undefined,
  };
}
