/**
 * Two devices that use one identity: each takes the charger's place from the other, again and again. Recognised by how often a
 * session replaces one that still stands; then a takeover has to wait, and operators are told once per window. Pure.
 *
 * A charger behind a bad line looks alike. It is not refused for long: the place is free as soon as its older session ends.
 */

import type { ChargerState, Replacements } from '@voltlane/charger-state';
import { isoTime } from '@voltlane/time';
import type { EventDraft } from './handlers/handler.ts';

/** Replacements within the window that are still taken for a charger's own. */
export const REPLACEMENTS_MAX = 10;
/** The window, ms. */
export const REPLACEMENT_WINDOW_MS = 60_000;
/** While sessions fight, the one that holds the place keeps it for at least this long, ms. */
export const TAKEOVER_WAIT_MS = 10_000;

/** One more replacement, as it would be counted. */
export interface Contest {
  readonly replacements: Replacements;
  /** The newcomer has to be refused now. */
  readonly mustWait: boolean;
  /** Set once per window. */
  readonly event: EventDraft | undefined;
}

/** What it means when a session of `edgeId` replaces the current one now. */
export function contest(state: ChargerState, edgeId: string, nowMs: number): Contest {
  const { replacements, fighting } = counted(state.replacements, nowMs);
  const heldMs = nowMs - state.newestOpenedMs;
  // An edge has closed the older one of its own already: to refuse the newer would leave the charger with none.
  const elsewhere = state.session !== undefined && state.session.edgeId !== edgeId;
  const mustWait = fighting && elsewhere && heldMs >= 0 && heldMs < TAKEOVER_WAIT_MS;
  const event = replacements.count === REPLACEMENTS_MAX + 1 ? duplicateIdentity(nowMs) : undefined;
  return { replacements, mustWait, event };
}

/** The counter after one more, and whether there was a fight before it. A window that follows a fight at once begins with one. */
function counted(
  before: Replacements | undefined,
  nowMs: number,
): { readonly replacements: Replacements; readonly fighting: boolean } {
  const elapsedMs = before === undefined ? Number.POSITIVE_INFINITY : nowMs - before.sinceMs;
  const fought = before !== undefined && before.count > REPLACEMENTS_MAX;
  if (before !== undefined && elapsedMs >= 0 && elapsedMs < REPLACEMENT_WINDOW_MS)
    return { replacements: { sinceMs: before.sinceMs, count: before.count + 1 }, fighting: fought };
  const fighting = fought && elapsedMs < 2 * REPLACEMENT_WINDOW_MS;
  return { replacements: { sinceMs: nowMs, count: fighting ? REPLACEMENTS_MAX + 1 : 1 }, fighting };
}

/** What operators are told. */
export function duplicateIdentity(nowMs: number): EventDraft {
  const techInfo = `more than ${REPLACEMENTS_MAX} connections replaced each other within ${REPLACEMENT_WINDOW_MS / 1000} s`;
  const data = { type: 'DuplicateIdentity', critical: true, techInfo, origin: 'broker' };
  return { kind: 'security.event', at: isoTime(nowMs), data };
}
