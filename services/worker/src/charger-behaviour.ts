/**
 * What an actor does with each message: recognise a resend, bring the session up to date, let the pure handler decide, have
 * the outbox act, answer. Knows when things happen, not what OCPP means (that is in handlers/) and not how the bus works.
 *
 * A call that changes nothing durable (Heartbeat, Authorize with a cached token) runs through without a promise.
 */
import type { ActorBehaviour, FailureAnswer, Ownership } from '@voltlane/actors';
import type { Journal } from '@voltlane/bus';
import { BusError } from '@voltlane/bus';
import { STATE_HEADER } from '@voltlane/charger-state';
import { parseJson, stringifyJson } from '@voltlane/ocpp';
import type { Registry } from '@voltlane/registry';
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import { isoTime } from '@voltlane/time';
import type {
  CommandAsk,
  DownlinkReply,
  PartitionId,
  SessionOpened,
  Subjects,
  Tenant,
  Uplink,
  UplinkCall,
} from '@voltlane/wire';
import { answeredBefore, rememberAnswered } from './answered-calls.ts';
import { deferralIntervalS, mayDefer } from './boot-deferral.ts';
import type { CallInput } from './call-decision.ts';
import { decideCall, requestNeeds } from './call-decision.ts';
import { answeredCall, internalError, isShort, replyOutcome } from './call-outcome.ts';
import type { ChargerActor, HandlerAnswered, Inbound } from './charger-actor.ts';
import type { PolicyDefaults } from './charger-policy.ts';
import { policyFor } from './charger-policy.ts';
import type { CommandDesk } from './commands/command-desk.ts';
import type { Delegation } from './delegation/delegation.ts';
import type { Heard } from './delegation/heard.ts';
import type { DelegatedCall } from './delegation/parked-call.ts';
import { rule } from './delegation/verdict.ts';
import { NO_TOKENS, tokenVerdicts } from './domain/authorization.ts';
import type { ChargerPolicy } from './domain/policy.ts';
import { createTransactionIds } from './domain/transaction-id.ts';
import { WorkerError } from './errors.ts';
import type { Decision } from './handlers/handler.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import type { Pressure } from './pressure.ts';
import { ResidentActor } from './resident-actor.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { SessionChange } from './session-lifecycle.ts';
import { SharedValues } from './shared-values.ts';
import type { WorkerSpans } from './spans.ts';

/** Conflicts in a row on one message before it is left to the edge's resend. */
const CONFLICT_RETRIES_MAX = 3;
/** Wait before a message is tried again after the bus failed it, ms; doubled per attempt up to the second value. */
const BUS_RETRY_MIN_MS = 100;
const BUS_RETRY_MAX_MS = 2000;

/** What the behaviour works with. */
export interface BehaviourDependencies {
  readonly journal: Journal;
  readonly registry: Registry;
  readonly ownership: Pick<Ownership, 'epochOf'>;
  readonly subjects: Subjects;
  readonly outbox: Outbox;
  readonly sessions: SessionKeeper;
  readonly commands: CommandDesk;
  readonly delegation: Delegation;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
  readonly policyDefaults: PolicyDefaults;
  readonly pressure: Pressure;
  /** Undefined where traces are off. */
  readonly spans?: Pick<WorkerSpans, 'turn'> | undefined;
  /** Secret of the cluster that makes 1.6 transaction ids unguessable. */
  readonly transactionIdKey: Uint8Array;
}

/** A call that was decided, and what has to be done about it. */
interface Settlement {
  readonly call: UplinkCall;
  readonly decision: Decision<unknown>;
  readonly attached: SessionChange | undefined;
  /** Whether the answer is remembered for who sends the call again: when something was recorded, in any case, or not at all. */
  readonly remember: 'recorded' | 'always' | 'never';
}

/** The mind of every charger's actor. */
export class ChargerBehaviour implements ActorBehaviour<ResidentActor, Inbound> {
  readonly #deps: BehaviourDependencies;
  readonly #policies = new SharedValues<ChargerPolicy>((policy) => JSON.stringify(policy));
  readonly #tenants = new SharedValues<Tenant>((tenant) => tenant);

  constructor(deps: BehaviourDependencies) {
    this.#deps = deps;
  }

  async activate(_key: string, partition: PartitionId, message: Inbound): Promise<ResidentActor> {
    const { tenant, chargerId } = message.uplink;
    const epoch = this.#deps.ownership.epochOf(partition);
    if (epoch === undefined) throw new WorkerError('not-owner', `partition ${partition} is not held`);
    const stateSubject = this.#deps.subjects.eventState({ tenant, chargerId });
    const [tail, policy] = await Promise.all([this.#deps.journal.readLast(stateSubject), this.#policy(message)]);
    const actor = new ResidentActor(
      { tenant: this.#tenants.shared(tenant), chargerId, partition, epoch },
      { header: tail.record?.headers[STATE_HEADER], expectedSequence: tail.expectedSequence },
      policy,
      isHeard(message) ? message.arrivedMs : -1,
    );
    await this.#deps.sessions.activated(actor, message);
    return actor;
  }

  receive(actor: ChargerActor, message: Inbound): Promise<void> | void {
    const handled = this.#receive(actor, message);
    // Last: a CALL of ours leaves after the reply to the charger's own call, and after what that call changed.
    if (handled === undefined) return this.#deps.commands.advance(actor);
    return handled.then(() => this.#deps.commands.advance(actor));
  }

  idle(actor: ResidentActor): void {
    actor.rest();
  }

  mayPassivate(actor: ChargerActor): boolean {
    return actor.parked === undefined;
  }

  #receive(actor: ChargerActor, message: Inbound): Promise<void> | void {
    if (isHeard(message)) actor.heardMonotonicMs = message.arrivedMs;
    actor.traceparent = message.trace?.own;
    if (message.trace !== undefined) this.#deps.spans?.turn(message.trace);
    // The hot path: no copy to narrow the type.
    if (isCall(message)) return this.#call(actor, message, message.uplink);
    const { uplink } = message;
    switch (uplink.kind) {
      case 'sessionOpened':
        return this.#opened(actor, { ...message, uplink }, uplink);
      case 'sessionClosed':
        return this.#deps.sessions.closed(actor, uplink).then(() => this.#noted(actor, { ...message, uplink }));
      case 'answer':
        return this.#deps.commands.answered(actor, { ...message, uplink });
      case 'edgeLost':
        return this.#deps.sessions.edgeLost(actor, uplink);
      case 'sessionListed':
        return this.#deps.sessions.listed(actor, message, uplink);
      case 'handlerAnswered':
        return this.#handlerAnswered(actor, uplink);
      case 'commandSubmit':
      case 'commandCancel':
      case 'commandStatus':
        return this.#asked(actor, { ...message, uplink });
      case 'commandsDue':
        return this.#deps.commands.due(actor);
      case 'commandsFound':
        return this.#deps.commands.found(actor, uplink);
      case 'call':
        return undefined;
      default:
        return uplink satisfies never;
    }
  }

  failed(key: string, message: Inbound, attempt: number, cause: unknown): FailureAnswer {
    const { metrics, log, clock, outbox, ownership, commands } = this.#deps;
    if (ownership.epochOf(message.partition) !== undefined) commands.failed(message);
    const { uplink } = message;
    if (uplink.kind === 'handlerAnswered') {
      // The parked call went with the actor's memory: the edge sends it again, and the handler is asked again.
      if (cause instanceof WorkerError || (cause instanceof BusError && cause.retryable)) return { kind: 'drop' };
      return this.failed(key, uplink.asked, attempt, cause);
    }
    if (cause instanceof WorkerError) {
      if (cause.code === 'not-owner' || attempt > CONFLICT_RETRIES_MAX) return { kind: 'drop' };
      return { kind: 'retry', delayMs: 0 };
    }
    if (cause instanceof BusError && cause.retryable && clock.monotonicMs() < message.deadlineMs) {
      metrics.busRetry();
      return { kind: 'retry', delayMs: Math.min(BUS_RETRY_MAX_MS, BUS_RETRY_MIN_MS * 2 ** (attempt - 1)) };
    }
    metrics.failure();
    const action = uplink.kind === 'call' ? uplink.action : uplink.kind;
    log.error({ charger: key, action, attempt, err: cause }, 'message failed');
    const epoch = ownership.epochOf(message.partition);
    if (uplink.kind === 'call' && epoch !== undefined) {
      outbox.reply({ partition: message.partition, epoch }, { ...message, uplink }, internalError(uplink));
    }
    return { kind: 'drop' };
  }

  async #policy(inbound: Inbound): Promise<ChargerPolicy> {
    const { tenant, chargerId } = inbound.uplink;
    return this.#policies.shared(
      policyFor(await this.#deps.registry.charger(tenant, chargerId), this.#deps.policyDefaults),
    );
  }

  async #asked(actor: ChargerActor, inbound: Inbound<CommandAsk>): Promise<void> {
    // It may have been registered, or given other rules, since it was last heard of.
    actor.policy = await this.#policy(inbound);
    await this.#deps.commands.asked(actor, inbound);
  }

  async #opened(actor: ChargerActor, inbound: Inbound<Uplink>, opened: SessionOpened): Promise<void> {
    actor.policy = await this.#policy(inbound);
    await this.#deps.sessions.opened(actor, inbound, opened);
    this.#noted(actor, inbound);
  }

  #noted(actor: ChargerActor, inbound: Inbound<Uplink>): void {
    this.#deps.outbox.reply(actor, inbound, { kind: 'noted' });
  }

  #call(actor: ChargerActor, inbound: Inbound<Uplink>, call: UplinkCall): Promise<void> | void {
    const before = answeredBefore(actor, call);
    if (before !== undefined) {
      this.#deps.metrics.duplicate('resend');
      return this.#deps.outbox.reply(actor, inbound, before.answer);
    }
    if (actor.parked !== undefined && this.#deps.delegation.waits(actor, { ...inbound, uplink: call }))
      return undefined;
    if (this.#deps.pressure.high() && mayDefer(call, actor)) {
      return this.#deferBoot(actor, inbound, call);
    }
    const request = parseJson(call.payload);
    const needs = call.violation === undefined ? requestNeeds(call, request) : undefined;
    if (call.action === 'BootNotification' || (needs !== undefined && needs.idTokens.length > 0)) {
      return this.#lookUpThenDecide(actor, inbound, call, request, needs?.idTokens ?? []);
    }
    return this.#decide(actor, inbound, { call, request, tokens: NO_TOKENS });
  }

  /** Answered at once and without a record; the same call, sent again, gets the same answer. */
  #deferBoot(actor: ChargerActor, inbound: Inbound<Uplink>, call: UplinkCall): void {
    const interval = deferralIntervalS(call, actor.policy, actor.bootsDeferred);
    const payload = { status: 'Pending', currentTime: isoTime(this.#deps.clock.nowMs()), interval };
    const outcome = { kind: 'result', payload: stringifyJson(payload) } as const;
    actor.bootsDeferred += 1;
    actor.remember(answeredCall(call, outcome));
    this.#deps.metrics.bootDeferred();
    this.#deps.outbox.reply(actor, inbound, outcome);
  }

  async #lookUpThenDecide(
    actor: ChargerActor,
    inbound: Inbound<Uplink>,
    call: UplinkCall,
    request: unknown,
    idTokens: readonly string[],
  ): Promise<void> {
    if (call.action === 'BootNotification') {
      actor.policy = await this.#policy(inbound);
      actor.bootsDeferred = 0;
    }
    const records = await Promise.all(
      idTokens.map(async (idToken) => [idToken, await this.#deps.registry.token(call.tenant, idToken)] as const),
    );
    await this.#decide(actor, inbound, { call, request, tokens: tokenVerdicts(records) });
  }

  #decide(
    actor: ChargerActor,
    inbound: Inbound<Uplink>,
    input: Pick<CallInput, 'call' | 'request' | 'tokens'>,
  ): Promise<void> | void {
    const { call, tokens } = input;
    const attached = this.#judge(actor, inbound, call);
    const decision = decideCall(this.#callInput(actor, input, attached));
    const setting = this.#deps.delegation.settingFor(call, decision);
    if (setting !== undefined) {
      return this.#delegate(actor, { inbound: { ...inbound, uplink: call }, tokens, setting }, decision, attached);
    }
    return this.#settle(actor, inbound, { call, decision, attached, remember: 'recorded' });
  }

  /** Leaves the call to the handler of its tenant. The session is attached first: the handler may command the charger. */
  async #delegate(
    actor: ChargerActor,
    delegated: DelegatedCall,
    builtIn: Decision<unknown>,
    attached: SessionChange | undefined,
  ): Promise<void> {
    const { inbound } = delegated;
    const call = inbound.uplink;
    if (attached !== undefined) {
      const cause = { kind: 'sessionListed', sessionId: call.sessionId } as const;
      await this.#deps.outbox.appendState(actor, attached.state, attached.events, cause);
      this.#deps.sessions.attached(actor, inbound, call, attached);
    }
    const answer = builtIn.answer.kind === 'result' ? builtIn.answer.payload : undefined;
    const parked = this.#deps.delegation.park(actor, delegated, answer);
    if (parked !== 'parked') await this.#rule(actor, delegated, { kind: parked });
  }

  /** The handler has spoken: its call is decided, then those that waited behind it. */
  async #handlerAnswered(actor: ChargerActor, answered: HandlerAnswered): Promise<void> {
    const parked = this.#deps.delegation.take(actor, answered);
    if (parked === undefined) return;
    await this.#rule(actor, parked, answered.heard);
    for (const inbound of parked.behind) {
      actor.traceparent = inbound.trace?.own;
      await this.#call(actor, inbound, inbound.uplink);
    }
  }

  #rule(actor: ChargerActor, { inbound, tokens, setting }: DelegatedCall, heard: Heard): Promise<void> | void {
    const call = inbound.uplink;
    actor.traceparent = inbound.trace?.own;
    const attached = this.#judge(actor, inbound, call);
    const input = this.#callInput(actor, { call, request: parseJson(call.payload), tokens }, attached);
    const ruling = rule(input, heard, setting.fallback);
    this.#deps.delegation.ruled(call, ruling);
    const remember = ruling.passing === true ? 'never' : 'always';
    return this.#settle(actor, inbound, { call, decision: ruling.decision, attached, remember });
  }

  #judge(actor: ChargerActor, inbound: Inbound, call: UplinkCall): SessionChange | undefined {
    const opening = { openedAtMs: call.receivedAtMs, remoteAddress: undefined, securityProfile: undefined };
    return this.#deps.sessions.judge(actor, inbound, call, opening);
  }

  #callInput(
    actor: ChargerActor,
    input: Pick<CallInput, 'call' | 'request' | 'tokens'>,
    attached: SessionChange | undefined,
  ): CallInput {
    const { call, request, tokens } = input;
    return {
      call,
      request,
      tokens,
      charger: attached ?? actor,
      policy: actor.policy,
      nowMs: this.#deps.clock.nowMs(),
      transactionIdFor: (count) => this.#transactionId(actor, count),
    };
  }

  #settle(actor: ChargerActor, inbound: Inbound<Uplink>, settled: Settlement): Promise<void> | void {
    const { call, decision, remember } = settled;
    const outcome = replyOutcome(decision);
    this.#deps.metrics.call(call.action, decision.duplicate === true ? 'duplicate' : decision.answer.kind);
    if (decision.conflict === true) this.#deps.metrics.conflictingContent();
    if (!changesState(actor, settled) && decision.meter === undefined && decision.report === undefined) {
      if (remember === 'always') actor.remember(answeredCall(call, outcome));
      return this.#deps.outbox.reply(actor, inbound, outcome);
    }
    return this.#commit(actor, inbound, settled, outcome);
  }

  async #commit(
    actor: ChargerActor,
    inbound: Inbound<Uplink>,
    settled: Settlement,
    outcome: DownlinkReply['outcome'],
  ): Promise<void> {
    const { outbox } = this.#deps;
    const { call, decision, attached, remember } = settled;
    const answered = answeredCall(call, outcome);
    const durable = remember !== 'never' && isShort(outcome);
    let recorded = false;
    if (decision.report !== undefined) await outbox.keepReport(actor, decision.report, call.payload);
    if (decision.meter !== undefined) await outbox.appendMeter(actor, decision.meter, call);
    if (changesState(actor, settled)) {
      const state = decision.state ?? attached?.state ?? actor.state;
      const next = durable ? { ...state, answered: rememberAnswered(state.answered, answered) } : state;
      await outbox.appendState(actor, next, [...(attached?.events ?? []), ...decision.events], call);
      recorded = durable;
    }
    if (!recorded && remember !== 'never') actor.remember(answered);
    if (attached !== undefined) this.#deps.sessions.attached(actor, inbound, call, attached);
    outbox.reply(actor, inbound, outcome);
  }

  #transactionId(actor: ChargerActor, count: number): number {
    actor.transactionIdFor ??= createTransactionIds(this.#deps.transactionIdKey, actor.tenant, actor.chargerId);
    return actor.transactionIdFor(count);
  }
}

function changesState(actor: ChargerActor, { decision, attached }: Settlement): boolean {
  const { state, events } = decision;
  return events.length > 0 || attached !== undefined || (state !== undefined && state !== actor.state);
}

function isCall(message: Inbound): message is Inbound<UplinkCall> {
  return message.uplink.kind === 'call';
}

/** True for what a charger said, false for what was noticed about it. */
function isHeard({ uplink }: Inbound): boolean {
  return uplink.kind === 'call' || uplink.kind === 'answer' || uplink.kind === 'sessionOpened';
}
