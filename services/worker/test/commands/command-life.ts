/** Commands of a charger over time, and what the world sees of them: parts for the tests of the queue. */
import { type CommandsState, NO_COMMANDS, type QueuedCommand, type SessionState } from '@voltlane/charger-state';
import * as queue from '../../src/commands/command-queue.ts';

export const NOW_MS = 1_772_366_400_000;
export const SESSION: SessionState = { id: 's1', edgeId: 'e1', version: '1.6', openedAtMs: NOW_MS - 60_000 };
export const FACTS: queue.QueueFacts = {
  nowMs: NOW_MS,
  session: SESSION,
  newestOpenedMs: NOW_MS - 60_000,
  registration: 'Accepted',
  quietUntilMs: 0,
  heldSession: undefined,
  timeoutsMax: 3,
};
export const AWAY: queue.QueueFacts = { ...FACTS, session: undefined };

/** A command that waits for anything but its end in a minute. */
export function command(id: string, more: Partial<QueuedCommand> = {}): QueuedCommand {
  return {
    id,
    action: 'ClearCache',
    priority: 5,
    coalesceKey: undefined,
    requestedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 60_000,
    waitsOffline: true,
    timeoutMs: 30_000,
    triggers: [],
    sends: 0,
    ...more,
  };
}

/** What the desk makes of a step: everything that follows from it. */
export function proceed(step: queue.QueueStep, facts: queue.QueueFacts): queue.QueueStep {
  const next = queue.nextToSend(step, facts);
  return queue.joined(step, queue.advance(step.commands, facts, next, undefined));
}

/** What can happen to a charger and its commands. */
export type Happening =
  | { readonly kind: 'ask'; readonly more: Partial<QueuedCommand> }
  | { readonly kind: 'answer'; readonly outcome: 'accepted' | 'rejected' | 'callError' | 'timeout' | 'offline' }
  | { readonly kind: 'lateAnswer' | 'unsent' | 'connect' | 'disconnect' }
  | { readonly kind: 'cancel'; readonly place: number }
  | { readonly kind: 'boot'; readonly registration: queue.QueueFacts['registration'] }
  | { readonly kind: 'pass'; readonly ms: number };

/** A charger's commands over time, and what the world saw of them. */
export class CommandLife {
  #commands: CommandsState = NO_COMMANDS;
  #facts: queue.QueueFacts = { ...FACTS, timeoutsMax: 2 };
  #asked = 0;
  #sessions = 1;
  #lastOut = 'nobody';
  /** The CALL the charger has, as the world saw it. */
  #out: string | undefined;
  /** What must not be, in the order it was seen. */
  readonly violations: string[] = [];
  readonly #left = new Set<string>();
  readonly #ended = new Set<string>();

  happen(one: Happening): void {
    const step = this.#stepOf(one);
    const done = proceed(step ?? queue.unchanged(this.#commands), this.#facts);
    this.#check(done);
    this.#commands = done.commands;
  }

  /** Lets time pass until nothing is open: nothing stays for ever. */
  rest(): void {
    for (let round = 0; round < 200; round += 1) {
      const dueMs = queue.dueAtMs(this.#commands, this.#facts);
      if (dueMs === undefined) break;
      this.happen({ kind: 'pass', ms: Math.max(1, dueMs - this.#facts.nowMs) });
    }
    const { queue: waiting, sent } = this.#commands;
    this.#must(waiting.length === 0 && sent === undefined, 'nothing stays open for ever');
    this.#must(this.#ended.size === this.#asked, 'every command ends');
  }

  #stepOf(one: Happening): queue.QueueStep | undefined {
    const { sent: out } = this.#commands;
    switch (one.kind) {
      case 'ask':
        this.#asked += 1;
        return queue.enqueue(this.#commands, command(`c${this.#asked}`, one.more));
      case 'answer':
        if (out === undefined) return undefined;
        return queue.settle(this.#commands, out.id, { outcome: one.outcome, sent: true }, this.#facts);
      case 'lateAnswer':
        if (this.#lastOut === this.#out) return undefined;
        this.#must(
          queue.settle(this.#commands, this.#lastOut, { outcome: 'accepted', sent: true }, this.#facts) === undefined,
          'a late answer is nobody’s',
        );
        return undefined;
      case 'unsent':
        if (out === undefined) return undefined;
        this.#left.delete(out.id);
        this.#out = undefined;
        this.#lastOut = 'nobody';
        return queue.unsend(this.#commands, out.id);
      case 'cancel':
        return queue.cancel(this.#commands, this.#commands.queue[one.place]?.id ?? 'nobody');
      case 'connect':
        this.#sessions += 1;
        this.#facts = {
          ...this.#facts,
          session: { ...SESSION, id: `s${this.#sessions}` },
          newestOpenedMs: this.#facts.nowMs,
        };
        return undefined;
      case 'disconnect':
        this.#facts = { ...this.#facts, session: undefined };
        return undefined;
      case 'boot':
        this.#facts = { ...this.#facts, registration: one.registration, quietUntilMs: this.#facts.nowMs + 500 };
        return undefined;
      case 'pass':
        this.#facts = { ...this.#facts, nowMs: this.#facts.nowMs + one.ms };
        return undefined;
      default:
        return one satisfies never;
    }
  }

  #check(step: queue.QueueStep): void {
    for (const { command: ended, ending } of step.ended) {
      const { id } = ended;
      this.#must(!this.#ended.has(id), `${id} ends once`);
      this.#must(ending.sent === this.#left.has(id), `${id} ends as sent when it left, and only then`);
      this.#ended.add(id);
      if (this.#out === id) this.#out = undefined;
    }
    if (step.send !== undefined) {
      const { id } = step.send;
      this.#must(this.#out === undefined, `${id} leaves while no other is out`);
      this.#must(!this.#left.has(id), `${id} leaves once`);
      this.#must(!this.#ended.has(id), `${id} leaves before its end`);
      this.#must(step.unresponsiveAfter === undefined, `${id} does not leave with a connection that goes`);
      this.#left.add(id);
      this.#out = id;
      this.#lastOut = id;
    }
    const { commands } = step;
    this.#must(commands.sent?.id === this.#out, 'what is out is known');
    for (const { id } of commands.queue) {
      this.#must(!this.#left.has(id) && !this.#ended.has(id), `${id} waits although it left or ended`);
    }
    this.#must(commands.timeouts < this.#facts.timeoutsMax, 'timeouts in a row are below the limit');
  }

  #must(holds: boolean, what: string): void {
    if (!holds) this.violations.push(what);
  }
}
