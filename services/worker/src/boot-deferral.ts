/**
 * Asks a charger to boot again a little later, instead of doing the full work now: `Pending` with an interval of its own, no record,
 * no lookup. Pure. What may be deferred, and why nobody loses by it:
 *
 * 1. Only a charger that has no service yet. One that was accepted before and reboots gets the full answer, whatever the pressure:
 *    `Pending` would stop it from authorizing and from delivering its queue.
 * 2. Only where the registry would let it in or holds it pending. A rejected one is told so.
 * 3. At most `BOOT_DEFERRALS_MAX` times in a row, so that none waits for ever while others get through.
 */

import type { UplinkCall } from '@voltlane/wire';
import type { ChargerActor } from './charger-actor.ts';
import type { ChargerPolicy } from './domain/policy.ts';
import { spreadIntervalS } from './domain/registration.ts';

/** Boots of one charger that may be put off in a row. */
export const BOOT_DEFERRALS_MAX = 3;

/** Deferred chargers are spread over this share of the interval to both sides: half to one and a half. */
const DEFERRAL_SPREAD = 0.5;

/** True when this call may be put off. */
export function mayDefer(call: UplinkCall, actor: Pick<ChargerActor, 'state' | 'policy' | 'bootsDeferred'>): boolean {
  return (
    call.action === 'BootNotification' &&
    call.violation === undefined &&
    actor.policy.registration !== 'Rejected' &&
    actor.bootsDeferred < BOOT_DEFERRALS_MAX &&
    actor.state.registration !== 'Accepted'
  );
}

/** Seconds until the charger is to boot again: another for each charger and each time. */
export function deferralIntervalS(call: UplinkCall, policy: ChargerPolicy, deferred: number): number {
  return spreadIntervalS(policy.bootRetryIntervalS, DEFERRAL_SPREAD, `${call.tenant}/${call.chargerId}#${deferred}`);
}
