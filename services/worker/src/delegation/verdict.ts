/**
 * Turns what was heard of a handler into the decision on the call. Pure; made from the state as it is when the handler has spoken,
 * not as it was when it was asked.
 *
 * 1. What the call changes and records is the built-in rule's business; the handler decides the answer. Where the two touch, the
 *    handler's word goes into the rule: the registration of a charger, the verdict on a token, the status in an event.
 * 2. A response that breaks the schema of the charger's version never leaves; the fallback stands in.
 * 3. An error refuses the call: nothing of it is applied, and a transaction message is recorded as refused.
 * 4. Events of a call that was delegated say who decided it.
 */
import { errorCode, isJsonObject, validate } from '@voltlane/ocpp';
import { type HandlerFallback, REGISTRATIONS } from '@voltlane/registry';
import type { CallInput } from '../call-decision.ts';
import { decideCall, refuse } from '../call-decision.ts';
import type { Decision, EventDraft } from '../handlers/handler.ts';
import { fallbackAnswer } from './fallbacks.ts';
import type { AskOutcome, Heard } from './heard.ts';

/** A decision on a call that was delegated. */
export interface Ruling {
  readonly decision: Decision<unknown>;
  readonly outcome: AskOutcome;
  /** Why the reply could not be used, without anything of its content. */
  readonly why?: string;
  /** Set when the answer stands for an absent handler: who sends the call again asks again. */
  readonly passing?: true;
}

type Payload = Readonly<Record<string, unknown>>;

/** The ruling; `fallback` is what the tenant chose when the handler was asked. */
export function rule(input: CallInput, heard: Heard, fallback: HandlerFallback): Ruling {
  const builtIn = decideCall(input);
  const outcome = heard.kind === 'response' || heard.kind === 'error' ? 'answered' : heard.kind;
  // Refused meanwhile, for instance because the charger's registration was withdrawn.
  if (builtIn.answer.kind !== 'result') return { decision: builtIn, outcome };
  switch (heard.kind) {
    case 'response': {
      const decision = withAnswer(input, builtIn, heard.payload);
      const fault = faultOf(input, decision);
      if (fault === undefined) return { decision: decidedBy('handler', decision), outcome };
      return { ...fallBack(input, builtIn, fallback), outcome: 'invalid', why: `response ${fault}` };
    }
    case 'error': {
      const code = errorCode(input.call.version, heard.code);
      return { decision: decidedBy('handler', refuse(input, { code, description: heard.description })), outcome };
    }
    case 'invalid':
      return { ...fallBack(input, builtIn, fallback), outcome, why: heard.why };
    case 'declined':
    case 'noHandler':
    case 'timeout':
    case 'full':
      return { ...fallBack(input, builtIn, fallback), outcome };
    default:
      return heard satisfies never;
  }
}

function fallBack(
  input: CallInput,
  builtIn: Decision<unknown>,
  fallback: HandlerFallback,
): Pick<Ruling, 'decision' | 'passing'> {
  const { version, action } = input.call;
  if (fallback === 'callError') {
    const code = errorCode(version, 'InternalError');
    const refusal = refuse(input, { code, description: 'nobody decided in time' });
    return { decision: decidedBy('fallback', refusal), passing: true };
  }
  const answer = fallbackAnswer(version, action, fallback);
  // A verdict on a token needs a token: stops and events without one stay as they are.
  const asked = action !== 'StopTransaction' && action !== 'TransactionEvent' ? true : tokenInfo(builtIn) !== undefined;
  return {
    decision: decidedBy('fallback', answer !== undefined && asked ? withAnswer(input, builtIn, answer) : builtIn),
  };
}

function withAnswer(input: CallInput, builtIn: Decision<unknown>, response: Payload): Decision<unknown> {
  switch (input.call.action) {
    case 'BootNotification':
      return booted(input, builtIn, response);
    case 'StartTransaction':
      return onToken(builtIn, { ...response, transactionId: payloadOf(builtIn)['transactionId'] });
    case 'StopTransaction':
    case 'TransactionEvent':
      return onToken(builtIn, { ...payloadOf(builtIn), ...response });
    default:
      return onStatus(builtIn, response);
  }
}

/** The rule decides with the handler's status as the registry's; time and interval are ours where the handler gives none. */
function booted(input: CallInput, builtIn: Decision<unknown>, response: Payload): Decision<unknown> {
  const registration = REGISTRATIONS.find((status) => status === response['status']);
  const decision =
    registration === undefined ? builtIn : decideCall({ ...input, policy: { ...input.policy, registration } });
  const { currentTime, interval } = payloadOf(decision);
  return { ...decision, answer: { kind: 'result', payload: { currentTime, interval, ...response } } };
}

function onToken(builtIn: Decision<unknown>, payload: Payload): Decision<unknown> {
  const decision: Decision<unknown> = { ...builtIn, answer: { kind: 'result', payload } };
  const status = tokenInfo(decision)?.['status'];
  return status === undefined ? decision : withData(decision, () => ({ authorization: status }));
}

/** Events that repeat the status of the answer repeat the one that is given. */
function onStatus(builtIn: Decision<unknown>, payload: Payload): Decision<unknown> {
  const { status } = payload;
  const decision: Decision<unknown> = { ...builtIn, answer: { kind: 'result', payload } };
  if (status === undefined) return decision;
  return withData(decision, (event) => (REPEATS_STATUS.has(event.kind) ? { status } : {}));
}

const REPEATS_STATUS: ReadonlySet<string> = new Set([
  'data.transfer',
  'certificate.signingRequested',
  'charging.needs',
]);

function decidedBy(who: 'handler' | 'fallback', decision: Decision<unknown>): Decision<unknown> {
  return withData(decision, () => ({ decidedBy: who }));
}

function withData(decision: Decision<unknown>, more: (event: EventDraft) => Payload): Decision<unknown> {
  const changed = <E extends EventDraft>(event: E): E => ({ ...event, data: { ...event.data, ...more(event) } });
  const events = decision.events.map(changed);
  return decision.meter === undefined
    ? { ...decision, events }
    : { ...decision, events, meter: changed(decision.meter) };
}

function faultOf(input: CallInput, { answer }: Decision<unknown>): string | undefined {
  const { version, action } = input.call;
  return answer.kind === 'result'
    ? validate(version, action, 'response', answer.payload, 'strict')?.description
    : undefined;
}

function payloadOf({ answer }: Decision<unknown>): Payload {
  return answer.kind === 'result' && isJsonObject(answer.payload) ? answer.payload : {};
}

function tokenInfo(decision: Decision<unknown>): Payload | undefined {
  const payload = payloadOf(decision);
  const info = payload['idTagInfo'] ?? payload['idTokenInfo'];
  return isJsonObject(info) ? info : undefined;
}
