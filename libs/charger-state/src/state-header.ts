/** The actor's private state on its way through the header of a state record. */
import { decodeStateHeader, encodeStateHeader } from '@voltlane/wire';
import type { ChargerState } from './charger-state.ts';
import { EMPTY_STATE } from './charger-state.ts';

/** Header of a state record that holds the actor's private state. */
export const STATE_HEADER = 'Voltlane-State';

/** Header value for a state. */
export function writeState(state: ChargerState): string {
  return encodeStateHeader(state);
}

/** The state a record left behind; fields an older writer did not know get their empty value. Throws WireError when unreadable. */
export function readState(headers: Readonly<Record<string, string>> | undefined): ChargerState {
  const header = headers?.[STATE_HEADER];
  if (header === undefined) return EMPTY_STATE;
  return { ...EMPTY_STATE, ...(decodeStateHeader(header) as Partial<ChargerState>) };
}
