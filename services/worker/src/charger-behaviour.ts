/**
 * What an actor does with each message: recognise a resend, bring the session up to date, let the pure handler decide, have
 * the outbox act, answer. Knows when things happen, not what OCPP means (that is in handlers/) and not how the bus works.
 *
 * A call that changes nothing durable (Heartbeat, Authorize with a cached token) runs through without a promise.
 */
import type { ActorBehaviour, FailureAnswer, Ownership } from '@voltlane/actors';
import type { Journal } from '@voltlane/bus';
import { BusError } from '@voltlane/bus';
import type { AnsweredCall } from '@voltlane/charger-state';
import { readState } from '@voltlane/charger-state';
import { errorCode, parseJson, stringifyJson } from '@voltlane/ocpp';
import type { Registry } from '@voltlane/registry';
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import { isoTime } from '@voltlane/time';
import type { DownlinkReply, PartitionId, SessionOpened, Subjects, Uplink, UplinkCall } from '@voltlane/wire';
import { callFingerprint, findAnswered, rememberAnswered } from './answered-calls.ts';
import { deferralIntervalS, mayDefer } from './boot-deferral.ts';
import type { CallInput } from './call-decision.ts';
import { decideCall, requestNeeds } from './call-decision.ts';
import type { ChargerActor, Inbound } from './charger-actor.ts';
import type { PolicyDefaults } from './charger-policy.ts';
import { policyFor } from './charger-policy.ts';
import { NO_TOKENS, tokenVerdicts } from './domain/authorization.ts';
import type { ChargerPolicy } from './domain/policy.ts';
import { createTransactionIds } from './domain/transaction-id.ts';
import { WorkerError } from './errors.ts';
import type { Decision } from './handlers/handler.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import type { Pressure } from './pressure.ts';
import type { SessionKeeper } from './session-keeper.ts';
import type { SessionChange } from './session-lifecycle.ts';

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
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
  readonly policyDefaults: PolicyDefaults;
  readonly pressure: Pressure;
  /** Secret of the cluster that makes 1.6 transaction ids unguessable. */
  readonly transactionIdKey: Uint8Array;
}

/** The mind of every charger's actor. */
export class ChargerBehaviour implements ActorBehaviour<ChargerActor, Inbound> {
  readonly #deps: BehaviourDependencies;

  constructor(deps: BehaviourDependencies) {
    this.#deps = deps;
  }

  async activate(_key: string, partition: PartitionId, message: Inbound): Promise<ChargerActor> {
    const { tenant, chargerId } = message.uplink;
    const epoch = this.#deps.ownership.epochOf(partition);
    if (epoch === undefined) throw new WorkerError('not-owner', `partition ${partition} is not held`);
    const stateSubject = this.#deps.subjects.eventState({ tenant, chargerId });
    const [tail, policy] = await Promise.all([this.#deps.journal.readLast(stateSubject), this.#policy(message)]);
    const actor: ChargerActor = {
      tenant,
      chargerId,
      partition,
      epoch,
      stateSubject,
      meterSubject: this.#deps.subjects.eventMeter({ tenant, chargerId }),
      state: readState(tail.record?.headers),
      expectedSequence: tail.expectedSequence,
      policy,
      newestOpenedMonotonicMs: undefined,
      heardMonotonicMs: isHeard(message) ? message.arrivedMs : -1,
      recent: [],
      bootsDeferred: 0,
      transactionIdFor: undefined,
    };
    await this.#deps.sessions.activated(actor, message);
    return actor;
  }

  receive(actor: ChargerActor, message: Inbound): Promise<void> | void {
    const { uplink } = message;
    if (uplink.kind === 'edgeLost') return this.#deps.sessions.edgeLost(actor, uplink);
    if (uplink.kind === 'sessionListed') return this.#deps.sessions.listed(actor, message, uplink);
    return isOfEdge(message) ? this.#receive(actor, message) : undefined;
  }

  #receive(actor: ChargerActor, inbound: Inbound<Uplink>): Promise<void> | void {
    const { uplink } = inbound;
    if (isHeard(inbound)) actor.heardMonotonicMs = inbound.arrivedMs;
    switch (uplink.kind) {
      case 'call':
        return this.#call(actor, inbound, uplink);
      case 'sessionOpened':
        return this.#opened(actor, inbound, uplink);
      case 'sessionClosed':
        return this.#deps.sessions.closed(actor, uplink).then(() => this.#noted(actor, inbound));
      case 'answer':
        // No CALL leaves the worker yet, so every answer is one nobody waits for.
        this.#deps.metrics.staleAnswer();
        return this.#deps.outbox.reply(actor, inbound, { kind: 'noted' });
      default:
        return uplink satisfies never;
    }
  }

  failed(key: string, message: Inbound, attempt: number, cause: unknown): FailureAnswer {
    const { metrics, log, clock, outbox, ownership } = this.#deps;
    if (cause instanceof WorkerError) {
      if (cause.code === 'not-owner' || attempt > CONFLICT_RETRIES_MAX) return { kind: 'drop' };
      return { kind: 'retry', delayMs: 0 };
    }
    if (cause instanceof BusError && cause.retryable && clock.monotonicMs() < message.deadlineMs) {
      metrics.busRetry();
      return { kind: 'retry', delayMs: Math.min(BUS_RETRY_MAX_MS, BUS_RETRY_MIN_MS * 2 ** (attempt - 1)) };
    }
    metrics.failure();
    const action = message.uplink.kind === 'call' ? message.uplink.action : message.uplink.kind;
    log.error({ charger: key, action, attempt, err: cause }, 'message failed');
    const epoch = ownership.epochOf(message.partition);
    if (isOfEdge(message) && message.uplink.kind === 'call' && epoch !== undefined) {
      outbox.reply({ partition: message.partition, epoch }, message, internalError(message.uplink));
    }
    return { kind: 'drop' };
  }

  async #policy(inbound: Inbound): Promise<ChargerPolicy> {
    const { tenant, chargerId } = inbound.uplink;
    return policyFor(await this.#deps.registry.charger(tenant, chargerId), this.#deps.policyDefaults);
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
    const before = findAnswered(actor.state.answered, call) ?? findAnswered(actor.recent, call);
    if (before !== undefined) {
      this.#deps.metrics.duplicate('resend');
      return this.#deps.outbox.reply(actor, inbound, before.answer);
    }
    if (this.#deps.pressure.high() && mayDefer(call, actor.state, actor.policy, actor.bootsDeferred)) {
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
    actor.recent = rememberAnswered(actor.recent, answeredCall(call, outcome));
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
    const { call } = input;
    const nowMs = this.#deps.clock.nowMs();
    const opening = { openedAtMs: call.receivedAtMs, remoteAddress: undefined, securityProfile: undefined };
    const attached = this.#deps.sessions.judge(actor, inbound, call, opening);
    const decision = decideCall({
      ...input,
      state: attached?.state ?? actor.state,
      policy: actor.policy,
      nowMs,
      transactionIdFor: (count) => this.#transactionId(actor, count),
    });
    const outcome = replyOutcome(decision);
    this.#deps.metrics.call(call.action, decision.duplicate === true ? 'duplicate' : decision.answer.kind);
    if (decision.conflict === true) this.#deps.metrics.conflictingContent();
    const changed = decision.state !== actor.state || decision.events.length > 0 || attached !== undefined;
    if (!changed && decision.meter === undefined && decision.report === undefined) {
      return this.#deps.outbox.reply(actor, inbound, outcome);
    }
    return this.#commit(actor, inbound, call, decision, outcome, attached);
  }

  async #commit(
    actor: ChargerActor,
    inbound: Inbound<Uplink>,
    call: UplinkCall,
    decision: Decision<unknown>,
    outcome: DownlinkReply['outcome'],
    attached: SessionChange | undefined,
  ): Promise<void> {
    const { outbox } = this.#deps;
    const answered = answeredCall(call, outcome);
    if (decision.report !== undefined) await outbox.keepReport(actor, decision.report, call.payload);
    if (decision.meter !== undefined) await outbox.appendMeter(actor, decision.meter, call);
    if (decision.state !== actor.state || decision.events.length > 0 || attached !== undefined) {
      const next = { ...decision.state, answered: rememberAnswered(decision.state.answered, answered) };
      await outbox.appendState(actor, next, [...(attached?.events ?? []), ...decision.events], call);
    } else {
      actor.recent = rememberAnswered(actor.recent, answered);
    }
    if (attached !== undefined) this.#deps.sessions.attached(actor, inbound, call, attached);
    outbox.reply(actor, inbound, outcome);
  }

  #transactionId(actor: ChargerActor, count: number): number {
    actor.transactionIdFor ??= createTransactionIds(this.#deps.transactionIdKey, actor.tenant, actor.chargerId);
    return actor.transactionIdFor(count);
  }
}

/** True for a message that came from an edge, and wants a reply. */
function isOfEdge(message: Inbound): message is Inbound<Uplink> {
  return message.uplink.kind !== 'edgeLost' && message.uplink.kind !== 'sessionListed';
}

/** True for what a charger said, false for what was noticed about it. */
function isHeard({ uplink }: Inbound): boolean {
  return uplink.kind === 'call' || uplink.kind === 'answer' || uplink.kind === 'sessionOpened';
}

function replyOutcome(decision: Decision<unknown>): DownlinkReply['outcome'] {
  const { answer } = decision;
  switch (answer.kind) {
    case 'result':
      return { kind: 'result', payload: stringifyJson(answer.payload) };
    case 'error':
      return answer;
    case 'none':
      return { kind: 'noted' };
    default:
      return answer satisfies never;
  }
}

function answeredCall(call: UplinkCall, answer: DownlinkReply['outcome']): AnsweredCall {
  const { sessionId, seq, messageId } = call;
  return { session: sessionId, seq, messageId, fingerprint: callFingerprint(call), answer };
}

/** The CALLERROR of a message that could not be handled: an answer, so that the charger need not wait for its timeout. */
function internalError(call: UplinkCall): DownlinkReply['outcome'] {
  return { kind: 'error', code: errorCode(call.version, 'InternalError'), description: 'the central system failed' };
}
