/**
 * The actor's private state on its way through the header of a state record, without the names of its fields and with its newest session
 * named once: 379 bytes of a charger that has booted instead of 1,004. A server keeps the newest record of each charger in memory, and so
 * does a worker (docs/decisions/0016-resting-state.md).
 */
import { decodeStateHeader, encodeStateHeader } from '@voltlane/wire';
import type { ChargerState } from './charger-state.ts';
import { EMPTY_STATE } from './charger-state.ts';
import { PLACE, stateLayout } from './state-layout.ts';

/** Header of a state record that holds the actor's private state. */
export const STATE_HEADER = 'Voltlane-State';

/** Header value for a state. */
export function writeState(state: ChargerState): string {
  const stored = stateLayout.write(state);
  rename(stored, state.newestSession, '');
  return encodeStateHeader(stored);
}

/** The state a record left behind; fields an older writer did not know get their empty value. Throws WireError when unreadable. */
export function readState(headers: Readonly<Record<string, string>> | undefined): ChargerState {
  const header = headers?.[STATE_HEADER];
  if (header === undefined) return EMPTY_STATE;
  const stored = decodeStateHeader(header);
  // Version 1 stored names.
  if (!Array.isArray(stored)) return { ...EMPTY_STATE, ...(stored as Partial<ChargerState>) };
  const newest: unknown = stored[PLACE.newestSession];
  if (typeof newest === 'string') rename(stored, '', newest);
  return stateLayout.read(stored);
}

/** Gives a session another name in a stored state, except as the newest: no session has an empty id. */
function rename(stored: unknown[], from: string, to: string): void {
  replace(stored[PLACE.session], PLACE.sessionId, from, to);
  const answered = stored[PLACE.answered];
  if (!Array.isArray(answered)) return;
  for (const call of answered) replace(call, PLACE.answeredSession, from, to);
}

function replace(list: unknown, place: number, from: string, to: string): void {
  if (Array.isArray(list) && list[place] === from) list[place] = to;
}
