/**
 * Decides one CALL: refused by schema, refused by registration, or decided by its handler. Pure.
 *
 * A transaction message that is refused is recorded all the same (`message.rejected`): a charger that gives up resending it
 * has then lost nothing.
 */

import type { ChargerState } from '@voltlane/charger-state';
import type { UplinkCall } from '@voltlane/wire';
import { callFingerprint } from './answered-calls.ts';
import type { ChargerActor } from './charger-actor.ts';
import type { TokenVerdicts } from './domain/authorization.ts';
import { messageRejected } from './domain/message-rejected.ts';
import type { ChargerPolicy } from './domain/policy.ts';
import { admit, keptWhenRefused, type Refusal } from './domain/registration.ts';
import type { Decision, DecisionContext, Needs } from './handlers/handler.ts';
import { handlerFor } from './handlers/registry.ts';

/** Everything the decision depends on. */
export interface CallInput {
  readonly call: UplinkCall;
  /** The parsed payload; of the handler's type when the call carries no violation. */
  readonly request: unknown;
  /** Whose call it is. The state is read at the first look. */
  readonly charger: Pick<ChargerActor, 'state'> & Partial<Pick<ChargerActor, 'atEase' | 'open'>>;
  readonly policy: ChargerPolicy;
  readonly tokens: TokenVerdicts;
  readonly nowMs: number;
  readonly transactionIdFor: (count: number) => number;
}

/** What must be looked up before `decideCall`. */
export function requestNeeds(call: UplinkCall, request: unknown): Needs | undefined {
  return handlerFor(call.version, call.action)?.needs?.(request);
}

/** The decision on one CALL. */
export function decideCall(input: CallInput): Decision<unknown> {
  const { call } = input;
  if (call.violation !== undefined) return refuse(input, call.violation);
  const refusal = refusalBefore(input);
  if (refusal !== undefined) return refuse(input, refusal);
  const handler = handlerFor(call.version, call.action);
  if (handler === undefined) {
    return refuse(input, { code: 'NotImplemented', description: `${call.action} is not known here` });
  }
  return handler.decide(input.request, new CallContext(input));
}

/** A class, because a literal with a getter is a new kind of object each time. */
class CallContext implements DecisionContext {
  readonly policy: DecisionContext['policy'];
  readonly tokens: DecisionContext['tokens'];
  readonly nowMs: number;
  readonly tenant: string;
  readonly chargerId: string;
  readonly version: DecisionContext['version'];
  readonly action: string;
  readonly payloadText: string;
  readonly transactionIdFor: DecisionContext['transactionIdFor'];
  readonly #charger: CallInput['charger'];

  constructor({ call, charger, policy, tokens, nowMs, transactionIdFor }: CallInput) {
    this.policy = policy;
    this.tokens = tokens;
    this.nowMs = nowMs;
    this.tenant = call.tenant;
    this.chargerId = call.chargerId;
    this.version = call.version;
    this.action = call.action;
    this.payloadText = call.payload;
    this.transactionIdFor = transactionIdFor;
    this.#charger = charger;
  }

  get state(): ChargerState {
    return this.#charger.state;
  }

  get open(): DecisionContext['open'] {
    return this.#charger.open ?? this.#charger.state.open;
  }
}

/** Who is at ease was accepted. */
function refusalBefore({ call, charger, policy }: CallInput): Refusal | undefined {
  if (charger.atEase === true) return undefined;
  const { state } = charger;
  return admit(call.action, state, policy, { triggeredActions: state.commands.triggered });
}

/** The decision that answers a call with an error; of a transaction message, the refusal is recorded. */
export function refuse(
  input: CallInput,
  refusal: { readonly code: string; readonly description: string },
): Decision<unknown> {
  const { call } = input;
  const { state } = input.charger;
  const { code, description } = refusal;
  const answer = { kind: 'error', code, description } as const;
  if (!keptWhenRefused(call.action)) return { answer, state, events: [] };
  const content = callFingerprint(call);
  const recorded = state.answered.some((entry) => entry.fingerprint === content && entry.answer.kind === 'error');
  if (recorded) return { answer, state, events: [], duplicate: true };
  const { tenant, chargerId, action, payload: payloadText } = call;
  const message = { tenant, chargerId, action, payloadText, nowMs: input.nowMs };
  return { answer, state, events: [messageRejected(message, code, description)] };
}
