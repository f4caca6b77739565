/** A rig with booted chargers, and short words for what the tests send and look at. */
import type { UplinkCall } from '@voltlane/wire';
import { sessionId } from '@voltlane/wire';
import { BOOT, opened, call as uplinkCall } from '../uplinks.ts';
import type { Rig, RigOptions } from './rig.ts';
import { createRig, sessionOf } from './rig.ts';

export const ACCEPTED: { response: object } = { response: { idTagInfo: { status: 'Accepted' } } };
export const BLOCKED: { response: object } = { response: { idTagInfo: { status: 'Blocked' } } };
/** Actions the handler listens for. */
export const HANDLED: readonly string[] = [
  'Authorize',
  'StartTransaction',
  'DataTransfer',
  'BootNotification',
  'Heartbeat',
];

/** A CALL in the session of the charger. */
export function call(
  charger: string,
  seq: number,
  action: string,
  payload: object,
  over: Partial<UplinkCall> = {},
): UplinkCall {
  return uplinkCall(charger, seq, action, payload, { sessionId: sessionId(sessionOf(charger)), ...over });
}

/** An Authorize with a token of its own. */
export function authorize(charger: string, seq: number): UplinkCall {
  return call(charger, seq, 'Authorize', { idTag: `TAG${seq}` });
}

/** A rig with booted chargers, whose calls count from 2. */
export async function booted(chargers: readonly string[], options: RigOptions = {}): Promise<Rig> {
  const rig = await createRig({ handles: HANDLED, ...options });
  for (const charger of chargers) {
    rig.deliver(opened(charger, sessionOf(charger)));
    rig.deliver(call(charger, 1, 'BootNotification', BOOT));
  }
  await rig.clock.advanceAsync(10);
  return rig;
}

/** Answers to one call so far: payloads of results, errors as they are. */
export function results(rig: Rig, charger: string, seq: number): unknown[] {
  return rig
    .outcomes(charger, seq)
    .map((outcome) => (outcome.kind === 'result' ? JSON.parse(outcome.payload) : outcome));
}
