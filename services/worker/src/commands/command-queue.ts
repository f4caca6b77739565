/**
 * The queue of commands of one charger as a pure machine: what ends, what is sent next, when something is due. Works on the part of the
 * durable state that holds commands; `command-desk.ts` makes its decisions durable and acts on them.
 *
 * Invariants
 * 1. At most one command is sent and unanswered.
 * 2. A command ends once, with one outcome, and leaves the queue with it.
 * 3. A command that was sent is never queued again unless the edge said that it did not send it.
 */
import type { CommandsState, QueuedCommand, Registration, SentCommand, SessionState } from '@voltlane/charger-state';
import type { CommandEnding, CommandError } from '@voltlane/commands';
import { notAllowed } from './command-rules.ts';

/** What the queue must know of the charger. Times are wall clock, ms since epoch. */
export interface QueueFacts {
  readonly nowMs: number;
  readonly session: SessionState | undefined;
  /** When the newest session was opened. */
  readonly newestOpenedMs: number;
  readonly registration: Registration;
  /** Nothing is sent before. */
  readonly quietUntilMs: number;
  /** Nothing is sent over this session: it could not be used, or was given up. */
  readonly heldSession: string | undefined;
  /** Timeouts in a row after which the connection is given up; 0: never. */
  readonly timeoutsMax: number;
}

/** A command that has ended. */
export interface EndedCommand {
  readonly command: QueuedCommand | SentCommand;
  readonly ending: CommandEnding;
}

/** What is to be done. `commands` is the very same object when nothing durable changed. */
export interface QueueStep {
  readonly commands: CommandsState;
  readonly ended: readonly EndedCommand[];
  /** To be sent once the step is durable. */
  readonly send: SentCommand | undefined;
  /** The charger answers nothing any more: its connection is to be closed, since such chargers recover only by reconnecting. */
  readonly unresponsiveAfter: number | undefined;
}

/** Beyond the charger's time: the edge's own word about a timeout is the better one, it only may never come. */
export const EDGE_GRACE_MS = 5_000;
/** How long the edge of a replaced connection may still bring the answer, or say that there is none. */
export const REPLACED_GRACE_MS = 3_000;

/** Puts a command into the queue; commands under the same coalesceKey that have not been sent end. */
export function enqueue(commands: CommandsState, command: QueuedCommand): QueueStep {
  const { coalesceKey } = command;
  const replaced =
    coalesceKey === undefined ? [] : commands.queue.filter((waiting) => waiting.coalesceKey === coalesceKey);
  const kept = commands.queue.filter((waiting) => !replaced.includes(waiting));
  return {
    commands: { ...commands, queue: [...kept, command] },
    ended: replaced.map((waiting) => ({ command: waiting, ending: { outcome: 'superseded', sent: false } })),
    send: undefined,
    unresponsiveAfter: undefined,
  };
}

/** How many commands would wait if this one came: those it replaces do not count. */
export function lengthWith(commands: CommandsState, coalesceKey: string | undefined): number {
  if (coalesceKey === undefined) return commands.queue.length + 1;
  return commands.queue.filter((waiting) => waiting.coalesceKey !== coalesceKey).length + 1;
}

/** The command that is sent next after `step`, if one may be sent then. */
export function nextToSend(step: QueueStep, facts: QueueFacts): QueuedCommand | undefined {
  const { commands, unresponsiveAfter } = step;
  const { session, nowMs, quietUntilMs, heldSession, registration } = facts;
  if (commands.sent !== undefined || session === undefined || nowMs < quietUntilMs) return undefined;
  // A CALL that goes down with the connection would end without an answer, where it could have waited for the next one.
  if (unresponsiveAfter !== undefined || session.id === heldSession) return undefined;
  let next: QueuedCommand | undefined;
  for (const command of commands.queue) {
    if (command.expiresAtMs <= nowMs || notAllowed(command, registration) !== undefined) continue;
    if (next === undefined || command.priority > next.priority) next = command;
  }
  return next;
}

/** Ends what time or the connection has ended, and sends the next; `fault` says why `next` cannot be sent to this charger after all. */
export function advance(
  commands: CommandsState,
  facts: QueueFacts,
  next: QueuedCommand | undefined,
  fault: CommandError | undefined,
): QueueStep {
  const ended: EndedCommand[] = [];
  let { sent, timeouts } = commands;
  const lost = sent === undefined ? undefined : lossOf(sent, facts);
  if (sent !== undefined && lost !== undefined) {
    ended.push({ command: sent, ending: lost });
    if (lost.outcome === 'timeout') timeouts += 1;
    sent = undefined;
  }
  const queue = commands.queue.filter((command) => {
    const ending = command === next ? faultEnding(fault) : endingOf(command, facts);
    if (ending !== undefined) ended.push({ command, ending });
    return ending === undefined;
  });
  const send = next === undefined || fault !== undefined ? undefined : sentNow(next, facts);
  if (ended.length === 0 && send === undefined) return unchanged(commands);
  return tripped(
    {
      commands: {
        queue: send === undefined ? queue : queue.filter((command) => command !== next),
        sent: send ?? sent,
        timeouts,
        triggered: send === undefined ? commands.triggered : triggeredBy(commands, send, facts.registration),
      },
      ended,
      send,
      unresponsiveAfter: undefined,
    },
    facts,
  );
}

/** The charger, or its edge, said how the CALL of a command ended. Undefined when no open command has the id. */
export function settle(
  commands: CommandsState,
  commandId: string,
  ending: CommandEnding,
  facts: QueueFacts,
): QueueStep | undefined {
  const command = findOpen(commands, commandId);
  if (command === undefined) return undefined;
  const timeouts = ending.outcome === 'timeout' ? commands.timeouts + 1 : 0;
  const step: QueueStep = {
    commands: { ...without(commands, commandId), timeouts },
    ended: [{ command, ending }],
    send: undefined,
    unresponsiveAfter: undefined,
  };
  return tripped(step, facts);
}

/** The edge did not send the CALL: the command waits again, in front of its equals. Undefined when it is not the one sent. */
export function unsend(commands: CommandsState, commandId: string): QueueStep | undefined {
  if (commands.sent?.id !== commandId) return undefined;
  const { sessionId: _session, edgeId: _edge, sentAtMs: _sentAt, ...command } = commands.sent;
  return {
    commands: { ...commands, sent: undefined, queue: [command, ...commands.queue] },
    ended: [],
    send: undefined,
    unresponsiveAfter: undefined,
  };
}

/** Takes a command back that was not sent; undefined when it is not in the queue. */
export function cancel(commands: CommandsState, commandId: string): QueueStep | undefined {
  const command = commands.queue.find(({ id }) => id === commandId);
  if (command === undefined) return undefined;
  return {
    commands: without(commands, commandId),
    ended: [{ command, ending: { outcome: 'cancelled', sent: false } }],
    send: undefined,
    unresponsiveAfter: undefined,
  };
}

/** Two steps one after the other. */
export function joined(first: QueueStep, second: QueueStep): QueueStep {
  return {
    commands: second.commands,
    ended: [...first.ended, ...second.ended],
    send: second.send ?? first.send,
    unresponsiveAfter: second.unresponsiveAfter ?? first.unresponsiveAfter,
  };
}

/** When `advance` has something to do at the latest, ms since epoch; undefined when nothing is open. */
export function dueAtMs(commands: CommandsState, facts: QueueFacts): number | undefined {
  const times = commands.queue.map((command) => command.expiresAtMs);
  if (commands.queue.length > 0 && commands.sent === undefined && facts.quietUntilMs > facts.nowMs) {
    times.push(facts.quietUntilMs);
  }
  if (commands.sent !== undefined) times.push(lostAtMs(commands.sent, facts));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The open command of this id. */
export function findOpen(commands: CommandsState, commandId: string): QueuedCommand | SentCommand | undefined {
  return commands.sent?.id === commandId ? commands.sent : commands.queue.find(({ id }) => id === commandId);
}

/** The step that does nothing. */
export function unchanged(commands: CommandsState): QueueStep {
  return { commands, ended: [], send: undefined, unresponsiveAfter: undefined };
}

function without(commands: CommandsState, commandId: string): CommandsState {
  return {
    ...commands,
    sent: commands.sent?.id === commandId ? undefined : commands.sent,
    queue: commands.queue.filter(({ id }) => id !== commandId),
  };
}

function endingOf(command: QueuedCommand, facts: QueueFacts): CommandEnding | undefined {
  if (facts.session === undefined && !command.waitsOffline) return { outcome: 'offline', sent: false };
  return command.expiresAtMs <= facts.nowMs ? { outcome: 'expired', sent: false } : undefined;
}

function faultEnding(error: CommandError | undefined): CommandEnding | undefined {
  return error === undefined ? undefined : { outcome: 'callError', sent: false, error };
}

/** How the sent command ends because its connection or its time is gone. */
function lossOf(sent: SentCommand, facts: QueueFacts): CommandEnding | undefined {
  if (facts.session === undefined) return { outcome: 'offline', sent: true };
  if (facts.nowMs < lostAtMs(sent, facts)) return undefined;
  return { outcome: facts.session.id === sent.sessionId ? 'timeout' : 'offline', sent: true };
}

function lostAtMs(sent: SentCommand, { session, newestOpenedMs }: QueueFacts): number {
  const timeoutAtMs = sent.sentAtMs + sent.timeoutMs + EDGE_GRACE_MS;
  if (session === undefined || session.id === sent.sessionId) return timeoutAtMs;
  return Math.min(timeoutAtMs, newestOpenedMs + REPLACED_GRACE_MS);
}

function sentNow(command: QueuedCommand, { session, nowMs }: QueueFacts): SentCommand | undefined {
  return session === undefined
    ? undefined
    : { ...command, sessionId: session.id, edgeId: session.edgeId, sentAtMs: nowMs, sends: command.sends + 1 };
}

function triggeredBy(commands: CommandsState, sent: SentCommand, registration: Registration): readonly string[] {
  if (registration === 'Accepted' || sent.triggers.length === 0) return commands.triggered;
  return [...new Set([...sent.triggers, ...commands.triggered])].slice(0, TRIGGERED_MAX);
}

/** Counts the timeouts: at the limit the connection is to go, and the count starts anew. */
function tripped(step: QueueStep, facts: QueueFacts): QueueStep {
  const { timeouts } = step.commands;
  if (facts.timeoutsMax === 0 || timeouts < facts.timeoutsMax || facts.session === undefined) return step;
  return { ...step, commands: { ...step.commands, timeouts: 0 }, unresponsiveAfter: timeouts };
}

/** No version has more actions a charger may be made to send. */
const TRIGGERED_MAX = 32;
