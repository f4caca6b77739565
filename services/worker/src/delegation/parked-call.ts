/** A call that waits for its handler, on the actor of its charger. */
import type { HandlerSetting } from '@voltlane/registry';
import type { UplinkCall } from '@voltlane/wire';
import type { Inbound } from '../charger-actor.ts';
import type { TokenVerdicts } from '../domain/authorization.ts';

/** A call as it is handed to a handler. */
export interface DelegatedCall {
  /** Its newest copy: a resend may want the reply elsewhere. */
  inbound: Inbound<UplinkCall>;
  /** What was looked up for it. */
  readonly tokens: TokenVerdicts;
  /** The setting it was delegated by; a later one counts for later calls. */
  readonly setting: HandlerSetting;
}

/** The same while its handler thinks. */
export interface ParkedCall extends DelegatedCall {
  /** Unique in this process: an answer for another incarnation of the actor has another one. */
  readonly ticket: number;
  /** Monotonic ms after which the answer has gone astray, and the call is not waited for any more. */
  readonly untilMs: number;
  /** Later calls of the charger, in order. */
  readonly behind: Inbound<UplinkCall>[];
}
