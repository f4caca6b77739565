/** Contexts for deciders in tests, and a little driver that feeds a charger's messages through their handlers. */

import type { ChargerState } from '@voltlane/charger-state';
import { EMPTY_STATE } from '@voltlane/charger-state';
import { stringifyJson } from '@voltlane/ocpp';
import type { TokenRecord } from '../../src/domain/authorization.ts';
import { tokenVerdicts } from '../../src/domain/authorization.ts';
import type { ChargerPolicy } from '../../src/domain/policy.ts';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import type { Decision, DecisionContext, EventDraft } from '../../src/handlers/handler.ts';
import { handlerFor } from '../../src/handlers/registry.ts';

export type Version = DecisionContext['version'];

/** 2026-03-01T12:00:00Z */
export const NOW_MS = 1_772_366_400_000;
export const NOW = '2026-03-01T12:00:00.000Z';

export interface Charger {
  state: ChargerState;
  policy: ChargerPolicy;
  nowMs: number;
  version: Version;
  tokens: Record<string, TokenRecord>;
  /** Everything recorded so far. */
  events: EventDraft[];
}

/** A charger that was accepted and knows the tokens GOOD (Accepted) and BAD (Blocked). */
export function charger(version: Version, changes: Partial<Charger> = {}): Charger {
  return {
    version,
    state: { ...EMPTY_STATE, registration: 'Accepted' },
    policy: DEFAULT_POLICY,
    nowMs: NOW_MS,
    tokens: { GOOD: { status: 'Accepted' }, BAD: { status: 'Blocked' } },
    events: [],
    ...changes,
  };
}

export function contextOf(
  one: Charger,
  action: string,
  request: unknown,
  tokens: readonly string[] = Object.keys(one.tokens),
): DecisionContext {
  const records = Object.entries(one.tokens).filter(([token]) =>
    tokens.some((named) => named.toLowerCase() === token.toLowerCase()),
  );
  return {
    state: one.state,
    open: one.state.open,
    policy: one.policy,
    tokens: tokenVerdicts(records),
    nowMs: one.nowMs,
    tenant: 'default',
    chargerId: 'CP-1',
    version: one.version,
    action,
    payloadText: stringifyJson(request),
    transactionIdFor: (count) => 1_000_000 + count,
  };
}

/** Handles one message as the actor would: only the tokens the handler asked for are looked up; the state moves on. */
export function send(one: Charger, action: string, request: unknown): Decision<unknown> {
  const handler = handlerFor(one.version, action);
  if (handler === undefined) throw new Error(`no handler for ${one.version} ${action}`);
  const needed = handler.needs?.(request).idTokens ?? [];
  const decision = handler.decide(request, contextOf(one, action, request, needed));
  one.state = decision.state ?? one.state;
  one.events.push(...decision.events);
  if (decision.meter !== undefined) one.events.push(decision.meter);
  return decision;
}

/** The payload of a result; anything else fails the test. */
export function payloadOf(decision: Decision<unknown>): unknown {
  if (decision.answer.kind !== 'result') throw new Error(`answer is ${decision.answer.kind}`);
  return decision.answer.payload;
}
