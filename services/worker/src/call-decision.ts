/**
 * Decides one CALL: refused by schema, refused by registration, or decided by its handler. Pure.
 *
 * A transaction message that is refused is recorded all the same (`message.rejected`): a charger that gives up resending it
 * has then lost nothing.
 */

import type { ChargerState } from '@voltlane/charger-state';
import type { UplinkCall } from '@voltlane/wire';
import { callFingerprint } from './answered-calls.ts';
import type { TokenVerdicts } from './domain/authorization.ts';
import { messageRejected } from './domain/message-rejected.ts';
import type { ChargerPolicy } from './domain/policy.ts';
import { admit, keptWhenRefused } from './domain/registration.ts';
import type { Decision, DecisionContext, Needs } from './handlers/handler.ts';
import { handlerFor } from './handlers/registry.ts';

/** Everything the decision depends on. */
export interface CallInput {
  readonly call: UplinkCall;
  /** The parsed payload; of the handler's type when the call carries no violation. */
  readonly request: unknown;
  readonly state: ChargerState;
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
  const { call, state } = input;
  if (call.violation !== undefined) return refuse(input, call.violation);
  const refusal = admit(call.action, state, input.policy, { triggeredActions: state.commands.triggered });
  if (refusal !== undefined) return refuse(input, refusal);
  const handler = handlerFor(call.version, call.action);
  if (handler === undefined) {
    return refuse(input, { code: 'NotImplemented', description: `${call.action} is not known here` });
  }
  const context: DecisionContext = {
    state,
    policy: input.policy,
    tokens: input.tokens,
    nowMs: input.nowMs,
    tenant: call.tenant,
    chargerId: call.chargerId,
    version: call.version,
    action: call.action,
    payloadText: call.payload,
    transactionIdFor: input.transactionIdFor,
  };
  return handler.decide(input.request, context);
}

/** The decision that answers a call with an error; of a transaction message, the refusal is recorded. */
export function refuse(
  input: CallInput,
  refusal: { readonly code: string; readonly description: string },
): Decision<unknown> {
  const { call, state } = input;
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
