/**
 * Makes decisions about commands durable and acts on them: the one place where command-queue.ts meets the journal, the buckets, the
 * edge and whoever asked. Always called in the turn of the charger's actor.
 *
 * Order of each step, so that a death at any point leaves one outcome and at most one CALL: open entry → (outcome of what the state holds
 * to the ended bucket) → state record → CALL to the edge, answers to askers, open entry dropped. A CALL is sent again under its id until the edge has
 * answered or its time is over; the edge knows the last id and sends each CALL once.
 */
import type { QueuedCommand } from '@voltlane/charger-state';
import type { CommandError, CommandProblem, CommandStore, OpenCommandKey } from '@voltlane/commands';
import { problem, problemJson, statusJson } from '@voltlane/commands';
import { errorCode } from '@voltlane/ocpp';
import type { Clock } from '@voltlane/time';
import type { CommandAsk, CommandCancel, CommandSubmit, PartitionId, UplinkAnswer } from '@voltlane/wire';
import type { ChargerActor, CommandsFound, Inbound } from '../charger-actor.ts';
import { standingOf } from '../domain/registration.ts';
import type { EventDraft } from '../handlers/handler.ts';
import type { Outbox, StateCause } from '../outbox.ts';
import type { WorkerSpans } from '../spans.ts';
import { commandOf, endingOf, payloadFault, refusalOf, statusOf } from './command-admission.ts';
import type { CommandAlarm } from './command-alarm.ts';
import { finishedEvent, queuedEvent, sentEvent, unresponsiveEvent } from './command-events.ts';
import type { CommandLedger, LedgerEntry } from './command-ledger.ts';
import type { CommandMetrics } from './command-metrics.ts';
import type { EndedCommand, QueueFacts, QueueStep } from './command-queue.ts';
import * as queue from './command-queue.ts';

/** What the desk works with. */
export interface CommandDeskDependencies {
  readonly store: CommandStore;
  readonly ledger: CommandLedger;
  readonly alarm: CommandAlarm;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly metrics: CommandMetrics;
  /** Undefined where traces are off. */
  readonly spans?: WorkerSpans | undefined;
  /** Commands that wait for one charger at most. */
  readonly queueMax: number;
  /** The open commands of the partition are to be looked at anew, in a while. */
  readonly recheck: (partition: PartitionId) => void;
}

/** A CALL without an answer is given to the edge again this often: the bus may have lost it. */
const SEND_AGAIN_MS = 2_000;
/** An edge that could not send is not asked again at once. */
const UNSENT_HOLD_MS = 500;
/** A connection that is given up is gone long before; if the edge never heard of it, it goes on after this. */
const GIVEN_UP_HOLD_MS = 30_000;

/** The desk of one worker. */
export class CommandDesk {
  readonly #deps: CommandDeskDependencies;

  constructor(deps: CommandDeskDependencies) {
    this.#deps = deps;
  }

  /** Somebody asks about a command of this charger. */
  async asked(actor: ChargerActor, inbound: Inbound<CommandAsk>): Promise<void> {
    const ask = inbound.uplink;
    if (queue.findOpen(actor.state.commands, ask.commandId) !== undefined) {
      if (ask.kind === 'commandCancel') return this.#cancel(actor, inbound, ask);
      return this.#waitFor(actor, inbound);
    }
    if (ask.kind !== 'commandSubmit') {
      return this.#refuse(actor, inbound, problem('command-not-found', `command ${ask.commandId} is not open`));
    }
    const ended = ask.repeated ? await this.#deps.store.ended(ask.commandId) : undefined;
    if (ended !== undefined) return this.#deps.outbox.answer(actor, inbound.reply, ended);
    const refusal = refusalOf(actor, ask, this.#deps.queueMax);
    if (refusal !== undefined) return this.#refuse(actor, inbound, refusal);
    await this.#take(actor, inbound, ask);
  }

  /** The edge says how a CALL ended. */
  async answered(actor: ChargerActor, inbound: Inbound<UplinkAnswer>): Promise<void> {
    const { metrics, outbox, clock } = this.#deps;
    const { commandId, outcome } = inbound.uplink;
    const { commands } = actor.state;
    if (outcome.kind === 'lost' && outcome.reason !== 'closed') {
      const step = queue.unsend(commands, commandId);
      if (step === undefined) metrics.staleAnswer();
      else {
        actor.commandsHeld = { session: inbound.uplink.sessionId, untilMs: clock.monotonicMs() + UNSENT_HOLD_MS };
        await this.#proceed(actor, step, [], inbound.uplink);
      }
    } else {
      const step = queue.settle(commands, commandId, endingOf(outcome), this.#facts(actor));
      if (step === undefined) metrics.staleAnswer();
      else await this.#proceed(actor, step, [], inbound.uplink);
    }
    outbox.reply(actor, inbound, { kind: 'noted' });
  }

  /** Time passed. */
  async due(actor: ChargerActor): Promise<void> {
    const { ledger, clock, outbox, metrics } = this.#deps;
    const nowMs = clock.monotonicMs();
    await this.advance(actor);
    const { sent, queue: waiting } = actor.state.commands;
    for (const command of sent === undefined ? waiting : [sent, ...waiting]) {
      for (const { reply } of ledger.impatient(actor.partition, command.id, nowMs)) {
        outbox.answer(actor, reply, statusJson(statusOf(actor, command)));
      }
    }
    if (sent !== undefined && sent.sessionId === actor.state.session?.id && nowMs >= actor.sendAgainMs) {
      metrics.sentAgain();
      await this.#send(actor);
    }
    this.#wake(actor);
  }

  /** Open entries of this charger were found: those the state does not know are leftovers of a death, or of a step that failed. */
  async found(actor: ChargerActor, { commandIds }: CommandsFound): Promise<void> {
    const { store, ledger } = this.#deps;
    for (const commandId of commandIds) {
      const entry = await store.readOpen(keyOf(actor, commandId));
      if (entry === undefined) continue;
      if (queue.findOpen(actor.state.commands, commandId) === undefined) await this.#bury(actor, commandId, entry);
      else ledger.put(actor.partition, commandId, entry);
    }
    // The CALL may have been lost with the owner before; the edge knows it if not.
    actor.sendAgainMs = 0;
    await this.due(actor);
  }

  /** A message of a charger of this partition failed, after who knows what. */
  failed({ partition, uplink }: Inbound): void {
    const isNotice = uplink.kind === 'commandsDue' || uplink.kind === 'commandsFound';
    // Nobody sends a notice again.
    if (isNotice || this.#deps.ledger.holds(partition)) this.#deps.recheck(partition);
  }

  /** After anything that may have changed what can be sent. Nothing to do costs nothing. */
  advance(actor: ChargerActor): Promise<void> | void {
    if (actor.atEase) return;
    const { commands } = actor.state;
    if (commands.sent === undefined && commands.queue.length === 0) return;
    return this.#proceed(actor, queue.unchanged(commands), [], { kind: 'command', sessionId: undefined });
  }

  async #take(actor: ChargerActor, inbound: Inbound<CommandAsk>, ask: CommandSubmit): Promise<void> {
    const { store, ledger, clock, outbox, spans } = this.#deps;
    const nowMs = clock.nowMs();
    const command = commandOf(ask, nowMs, spans?.command(ask.traceparent));
    actor.traceparent = command.trace?.own;
    const key = keyOf(actor, ask.commandId);
    const { payload } = ask;
    outbox.assertOwner(actor);
    const revision = await store.open(key, { payload });
    // There already: taken before, by an owner that died before it could say so.
    const entry = revision === undefined ? await store.readOpen(key) : { payload, revision };
    if (entry !== undefined) ledger.put(actor.partition, ask.commandId, entry);
    const step = queue.enqueue(actor.state.commands, command);
    ledger.wait(actor.partition, ask.commandId, { reply: inbound.reply, untilMs: waitUntilMs(actor, inbound, ask) });
    const events = [queuedEvent(ask, command, nowMs)];
    const whole = await this.#advanced(actor, step);
    // What ends at once is taken first, in a record of its own: an outcome is never kept of a command that is not in the journal.
    const endsAtOnce = whole.ended.some(({ command: { id } }) => id === command.id);
    await this.#commit(actor, endsAtOnce ? step : whole, events, { kind: 'command', sessionId: undefined });
    await this.due(actor);
  }

  async #cancel(actor: ChargerActor, inbound: Inbound<CommandAsk>, ask: CommandCancel): Promise<void> {
    const step = queue.cancel(actor.state.commands, ask.commandId);
    if (step === undefined) {
      const detail = `the CALL of command ${ask.commandId} has left for the charger`;
      return this.#refuse(actor, inbound, problem('not-cancellable', detail));
    }
    const { partition } = actor;
    this.#deps.ledger.wait(partition, ask.commandId, { reply: inbound.reply, untilMs: inbound.deadlineMs });
    await this.#proceed(actor, step, [], { kind: 'command', sessionId: undefined });
  }

  async #waitFor(actor: ChargerActor, inbound: Inbound<CommandAsk>): Promise<void> {
    const untilMs = waitUntilMs(actor, inbound, inbound.uplink);
    this.#deps.ledger.wait(actor.partition, inbound.uplink.commandId, { reply: inbound.reply, untilMs });
    await this.due(actor);
  }

  #refuse(actor: ChargerActor, inbound: Inbound<CommandAsk>, refusal: CommandProblem): void {
    this.#deps.metrics.refused(refusal.code);
    this.#deps.outbox.answer(actor, inbound.reply, problemJson(refusal));
  }

  /** Goes on from `step` and makes it durable. */
  async #proceed(
    actor: ChargerActor,
    step: QueueStep,
    events: readonly EventDraft[],
    cause: StateCause,
  ): Promise<void> {
    await this.#commit(actor, await this.#advanced(actor, step), events, cause);
  }

  /** `step` and what follows from it: what else has ended, what is sent now. */
  async #advanced(actor: ChargerActor, step: QueueStep): Promise<QueueStep> {
    const facts = this.#facts(actor);
    const next = queue.nextToSend(step, facts);
    const fault = next === undefined ? undefined : await this.#faultOf(actor, next);
    return queue.joined(step, queue.advance(step.commands, facts, next, fault));
  }

  async #commit(actor: ChargerActor, step: QueueStep, before: readonly EventDraft[], cause: StateCause): Promise<void> {
    const { store, ledger, outbox, clock, metrics, spans } = this.#deps;
    const { commands, ended, send, unresponsiveAfter } = step;
    if (commands === actor.state.commands && before.length === 0) {
      this.#wake(actor);
      return;
    }
    const nowMs = clock.nowMs();
    const requests = await Promise.all(ended.map((end) => this.#requestOf(actor, end)));
    const told = ended.map(({ command, ending }) => ({
      command,
      ending,
      json: statusJson({ ...statusOf(actor, command, ending), finishedAtMs: nowMs }),
    }));
    if (told.length > 0) outbox.assertOwner(actor);
    await Promise.all(told.map(({ command, json }) => store.end(command.id, json, actor.epoch)));
    const session = actor.state.session;
    const events = [
      ...before,
      ...ended.map((end, at) => finishedEvent(end, requests[at], nowMs)),
      ...(unresponsiveAfter === undefined ? [] : [unresponsiveEvent(unresponsiveAfter, session?.id, nowMs)]),
      ...(send === undefined ? [] : [sentEvent(send, nowMs)]),
    ];
    const traced = send?.trace ?? ended.find(({ command }) => command.trace !== undefined)?.command.trace;
    if (traced !== undefined) actor.traceparent = traced.own;
    await outbox.appendState(actor, { ...actor.state, commands }, events, cause);
    for (const { command, ending, json } of told) {
      metrics.ended(ending.outcome, nowMs - command.requestedAtMs, command.trace?.own);
      spans?.commandEnded(actor, command, ending);
      const { entry, waiters } = ledger.settle(actor.partition, command.id);
      for (const { reply } of waiters) outbox.answer(actor, reply, json);
      this.#drop(actor, command.id, entry);
    }
    if (send !== undefined) await this.#send(actor);
    if (unresponsiveAfter !== undefined && session !== undefined) {
      metrics.unresponsive();
      actor.commandsHeld = { session: session.id, untilMs: clock.monotonicMs() + GIVEN_UP_HOLD_MS };
      outbox.closeSocket(actor, session, 'unresponsive');
    }
    this.#wake(actor);
  }

  /** Gives the edge the CALL of the command that is sent. */
  async #send(actor: ChargerActor): Promise<void> {
    const { sent } = actor.state.commands;
    if (sent === undefined) return;
    const { outbox, clock } = this.#deps;
    const entry = await this.#entry(actor, sent.id);
    actor.sendAgainMs = clock.monotonicMs() + SEND_AGAIN_MS;
    if (entry === undefined) return;
    const leftMs = sent.sentAtMs + sent.timeoutMs - clock.nowMs();
    if (leftMs > 0) outbox.sendCall(actor, sent, entry.payload, leftMs);
  }

  /** Why the command cannot be sent to this charger after all: its version may have changed since it was taken. */
  async #faultOf(actor: ChargerActor, command: QueuedCommand): Promise<CommandError | undefined> {
    const version = actor.state.session?.version;
    if (version === undefined) return undefined;
    const entry = await this.#entry(actor, command.id);
    if (entry === undefined)
      return { ...NO_DETAILS, code: errorCode(version, 'InternalError'), description: 'its payload is gone' };
    const fault = payloadFault(version, command.action, entry.payload);
    return fault === undefined ? undefined : { ...NO_DETAILS, code: fault.code, description: fault.description };
  }

  /** The payload an answer may quote; there is none to know for what ended without an answer. */
  async #requestOf(actor: ChargerActor, { command, ending }: EndedCommand): Promise<string | undefined> {
    if (ending.response === undefined && ending.error === undefined) return undefined;
    return (await this.#entry(actor, command.id))?.payload;
  }

  async #entry(actor: ChargerActor, commandId: string): Promise<LedgerEntry | undefined> {
    const { ledger, store } = this.#deps;
    const known = ledger.get(actor.partition, commandId);
    if (known !== undefined) return known;
    const entry = await store.readOpen(keyOf(actor, commandId));
    if (entry !== undefined) ledger.put(actor.partition, commandId, entry);
    return entry;
  }

  /** Drops what is left of a command that is not open; whoever still waits is told how it ended. */
  async #bury(actor: ChargerActor, commandId: string, entry: LedgerEntry): Promise<void> {
    const { store, ledger, outbox } = this.#deps;
    await store.drop(keyOf(actor, commandId), entry.revision);
    const { waiters } = ledger.settle(actor.partition, commandId);
    const ended = waiters.length === 0 ? undefined : await store.ended(commandId);
    if (ended === undefined) return;
    for (const { reply } of waiters) outbox.answer(actor, reply, ended);
  }

  /** Not awaited: what is left over is found and dropped when the partition is looked at again. */
  #drop(actor: ChargerActor, commandId: string, entry: LedgerEntry | undefined): void {
    if (entry === undefined) return;
    const { store, metrics, recheck } = this.#deps;
    store.drop(keyOf(actor, commandId), entry.revision).catch(() => {
      metrics.dropFailed();
      recheck(actor.partition);
    });
  }

  #wake(actor: ChargerActor): void {
    const { alarm, clock, ledger } = this.#deps;
    const { commands, session } = actor.state;
    const offsetMs = clock.monotonicMs() - clock.nowMs();
    const dueMs = queue.dueAtMs(commands, this.#facts(actor));
    const times = dueMs === undefined ? [] : [dueMs + offsetMs];
    const open = commands.sent === undefined ? commands.queue : [commands.sent, ...commands.queue];
    for (const { id } of open) {
      const patienceEndsMs = ledger.patienceEndsMs(actor.partition, id);
      if (patienceEndsMs !== undefined) times.push(patienceEndsMs);
    }
    if (session !== undefined && commands.sent?.sessionId === session.id) times.push(actor.sendAgainMs);
    if (commands.sent === undefined && commands.queue.length > 0) {
      const { commandsHeld: held } = actor;
      if (held !== undefined && held.session === session?.id && held.untilMs > clock.monotonicMs()) {
        times.push(held.untilMs);
      }
    }
    alarm.set(actor, times.length === 0 ? undefined : Math.min(...times));
  }

  #facts(actor: ChargerActor): QueueFacts {
    const { state, policy, commandsHeld: held } = actor;
    const { clock } = this.#deps;
    return {
      nowMs: clock.nowMs(),
      session: state.session,
      newestOpenedMs: state.newestOpenedMs,
      registration: standingOf(state, policy),
      quietUntilMs: state.acceptedAtMs === 0 ? 0 : state.acceptedAtMs + policy.quietAfterBootMs,
      heldSession: held !== undefined && held.untilMs > clock.monotonicMs() ? held.session : undefined,
      timeoutsMax: policy.commandTimeoutsMax,
    };
  }
}

const NO_DETAILS = { details: '{}' } as const;

function keyOf({ partition, tenant, chargerId }: ChargerActor, commandId: string): OpenCommandKey {
  return { partition, tenant, chargerId, commandId };
}

/** How long the answer to this ask may be held back, monotonic ms. */
function waitUntilMs({ state }: ChargerActor, { arrivedMs }: Inbound<CommandAsk>, ask: CommandAsk): number {
  const isAway = state.session === undefined;
  return ask.kind === 'commandSubmit' && isAway && !ask.waitsWhileAway ? arrivedMs : arrivedMs + ask.waitMs;
}
