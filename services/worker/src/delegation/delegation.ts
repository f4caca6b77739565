/**
 * Hands calls to the handlers of users and parks them meanwhile. The actor's turn ends when its call is parked: commands, answers and
 * sessions of the same charger go on, so a handler may command the charger it is asked about. The handler's word comes back through
 * the same mailbox, as a notice.
 *
 * Invariants
 * 1. One call of a charger is parked at a time. Its later calls wait behind it, `BEHIND_MAX` at most; one more is refused, and the
 *    edge sends it again.
 * 2. A copy of a call that waits replaces it, and is not asked about.
 * 3. A word counts only for the call it was asked for, on the actor that asked: the ticket says so.
 *
 * Nothing parked is handed over. When a partition moves, or an actor's memory is lost, the edge sends its call again and the next
 * owner asks again under the same request id. To wait instead would hold each hand-over up for as long as somebody else's service
 * thinks, and mostly in vain: a handler may take ten times as long as a hand-over.
 */
import type { Delivery, Ownership } from '@voltlane/actors';
import type { HandlerSetting, HandlerSettings } from '@voltlane/registry';
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { PartitionId, Subjects, UplinkCall } from '@voltlane/wire';
import { foldCase } from '@voltlane/wire';
import type { ChargerActor, HandlerAnswered, Inbound } from '../charger-actor.ts';
import type { Decision } from '../handlers/handler.ts';
import type { HandlerAsks } from './handler-asks.ts';
import type { Heard } from './heard.ts';
import type { DelegationMetrics } from './metrics.ts';
import type { DelegatedCall, ParkedCall } from './parked-call.ts';
import { questionText } from './question.ts';
import type { Ruling } from './verdict.ts';

/** Calls of one charger that wait behind its parked one. */
export const BEHIND_MAX = 16;
/** Kept of an edge's deadline for deciding, recording and answering, ms. */
const ANSWER_MS = 500;
/** A word that finds its actor's mailbox full is brought again after this, ms. */
const BRING_AGAIN_MS = 50;
/** After the handler's deadline, how long its word may take to get through the mailbox, ms. */
const ASTRAY_MS = 10_000;
const LOG_EVERY_MS = 1_000;

/** What delegation works with. */
export interface DelegationDependencies {
  readonly settings: Pick<HandlerSettings, 'of'>;
  readonly asks: HandlerAsks;
  readonly ownership: Pick<Ownership, 'epochOf'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: DelegationMetrics;
  /** Longest time any handler gets, ms. */
  readonly deadlineMsMax: number;
  /** Puts a notice into the mailbox of an actor. */
  readonly deliver: (partition: PartitionId, key: string, inbound: Inbound) => Delivery;
}

/** Delegates the calls of all chargers of a worker. */
export class Delegation {
  readonly #deps: DelegationDependencies;
  #ticket = 0;
  #loggedMs = Number.NEGATIVE_INFINITY;
  #withheld = 0;

  constructor(deps: DelegationDependencies) {
    this.#deps = deps;
  }

  /** How a call is delegated. Never one that the broker itself refused, and never one without an answer. */
  settingFor(call: UplinkCall, builtIn: Decision<unknown>): HandlerSetting | undefined {
    if (builtIn.answer.kind !== 'result' || call.send) return undefined;
    return this.#deps.settings.of(call.tenant, call.action);
  }

  /** True when a call has to wait: it is the parked one sent again, or its charger has a parked one. */
  waits(actor: ChargerActor, inbound: Inbound<UplinkCall>): boolean {
    const { parked } = actor;
    if (parked === undefined) return false;
    if (this.#deps.clock.monotonicMs() > parked.untilMs) {
      this.#deps.metrics.stale();
      actor.parked = undefined;
      return false;
    }
    if (isSame(parked.inbound, inbound)) {
      parked.inbound = inbound;
      return true;
    }
    const at = parked.behind.findIndex((waiting) => isSame(waiting, inbound));
    if (at >= 0) parked.behind[at] = inbound;
    else if (parked.behind.length < BEHIND_MAX) parked.behind.push(inbound);
    else this.#deps.metrics.refused();
    return true;
  }

  /** Asks the handler and parks the call, or says why it is not asked. `builtIn` is what would be answered without it. */
  park(actor: ChargerActor, call: DelegatedCall, builtIn: unknown): 'parked' | 'full' | 'timeout' {
    const { asks, clock, subjects, ownership, deadlineMsMax } = this.#deps;
    const { uplink, deadlineMs: edgeDeadlineMs, trace } = call.inbound;
    const nowMs = clock.monotonicMs();
    const budgetMs = Math.min(call.setting.deadlineMs, deadlineMsMax, edgeDeadlineMs - nowMs - ANSWER_MS);
    if (budgetMs <= 0) return 'timeout';
    this.#ticket += 1;
    const parked = { ...call, ticket: this.#ticket, untilMs: nowMs + budgetMs + ASTRAY_MS, behind: [] };
    const outcome = asks.put({
      subject: subjects.handle(actor.tenant, uplink.action),
      text: questionText(
        trace === undefined ? uplink : { ...uplink, traceparent: trace.own },
        actor.state,
        builtIn,
        clock.nowMs() + budgetMs,
      ),
      budgetMs,
      attempts: call.setting.attempts,
      wanted: () => ownership.epochOf(actor.partition) === actor.epoch,
      heard: (heard, tookMs) => this.#bring(actor, parked, heard, tookMs),
    });
    if (outcome === 'full') return 'full';
    actor.parked = parked;
    return 'parked';
  }

  /** Ends the parking of the call a word is about; undefined when the word comes for a call that is not waited for. */
  take(actor: ChargerActor, answered: HandlerAnswered): ParkedCall | undefined {
    const { parked } = actor;
    if (parked === undefined || parked.ticket !== answered.ticket) {
      this.#deps.metrics.stale();
      return undefined;
    }
    actor.parked = undefined;
    this.#deps.metrics.took(answered.heard.kind, answered.tookMs);
    return parked;
  }

  /** Counts a ruling; a reply nobody can use is worth a line, a few times a minute. */
  ruled(call: UplinkCall, ruling: Ruling): void {
    const { metrics, clock, log } = this.#deps;
    metrics.asked(ruling.outcome);
    if (ruling.why === undefined) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#loggedMs < LOG_EVERY_MS) {
      this.#withheld += 1;
      return;
    }
    const { tenant, chargerId, version, action } = call;
    log.warn({ tenant, chargerId, version, action, why: ruling.why, withheld: this.#withheld }, 'handler was wrong');
    this.#loggedMs = nowMs;
    this.#withheld = 0;
  }

  #bring(actor: ChargerActor, parked: ParkedCall, heard: Heard, tookMs: number): void {
    const { clock, deliver } = this.#deps;
    const { partition, tenant, chargerId } = actor;
    const asked = parked.inbound;
    const { edgeId, sessionId } = asked.uplink;
    const word = { kind: 'handlerAnswered', tenant, chargerId, edgeId, sessionId } as const;
    const delivery = deliver(partition, `${tenant}/${foldCase(chargerId)}`, {
      uplink: { ...word, ticket: parked.ticket, heard, tookMs, asked },
      partition,
      reply: '',
      deadlineMs: asked.deadlineMs,
      arrivedMs: clock.monotonicMs(),
    });
    if (delivery !== 'full' || clock.monotonicMs() > parked.untilMs) return;
    clock.after(BRING_AGAIN_MS, () => this.#bring(actor, parked, heard, tookMs));
  }
}

function isSame(a: Inbound<UplinkCall>, b: Inbound<UplinkCall>): boolean {
  return a.uplink.sessionId === b.uplink.sessionId && a.uplink.seq === b.uplink.seq;
}
