/**
 * Runs one actor per key: one message at a time, in order of arrival, each actor independent of every other.
 *
 * Life of an actor: its first message activates it (loads its memory), messages follow one after the other, an idle time
 * passivates it, and its next message activates it again. A failure forgets the actor's memory, never its mailbox: the failed
 * message is tried again on a freshly activated actor, ahead of those behind it, or dropped, as the behaviour says.
 *
 * Invariants
 * 1. At most one message of an actor is being handled.
 * 2. Messages of an actor are handled in the order `deliver` accepted them.
 * 3. No message is handled for a partition after `drop`, or accepted after `drain` or `drop`.
 * 4. A slow or failing actor delays nobody else.
 */
import type { CancelTimer, Clock } from '@voltlane/time';
import type { PartitionId } from '@voltlane/wire';
import { flatText } from '@voltlane/wire';
import type { ActorBehaviour } from './behaviour.ts';
import type { Delivery, HostOptions, HostStats } from './host-options.ts';
import { Mailbox } from './mailbox.ts';

/** Idle actors passivated at once when the host is full: enough that the next newcomers need no search, few enough not to stall. */
const EVICTIONS_MAX = 64;
/** Parts in which one look at all actors is done: 100,000 in one go are out of every cache, and a worker that looked at them stood still. */
const SWEEP_PARTS = 20;

/** One actor as the host sees it. */
interface Cell<Actor, Message> {
  readonly key: string;
  actor: Actor | undefined;
  /** The message being handled or waiting for its retry; undefined when the actor is idle. */
  current: Message | undefined;
  attempt: number;
  mailbox: Mailbox<Message> | undefined;
  lastUsedMs: number;
}

/** The actors of one partition. */
interface Room<Actor, Message> {
  readonly partition: PartitionId;
  readonly cells: Map<string, Cell<Actor, Message>>;
  /** Cells with a message in hand. */
  busy: number;
  open: boolean;
  /** Called once nothing is in hand and nothing waits. */
  onEmpty: (() => void) | undefined;
}

/** Hosts the actors of the partitions it was told to open. */
export class ActorHost<Actor, Message> {
  readonly #behaviour: ActorBehaviour<Actor, Message>;
  readonly #options: HostOptions;
  readonly #clock: Clock;
  readonly #rooms = new Map<PartitionId, Room<Actor, Message>>();
  #stopSweep: CancelTimer | undefined;
  /** Rooms the present look has yet to come to; those that open meanwhile come at its end. */
  #unswept: Iterator<Room<Actor, Message>, undefined> | undefined;
  /** Rooms the sweep owes, a fraction of one among them. */
  #sweepDue = 0;
  #actors = 0;
  #waiting = 0;
  #busy = 0;
  #activations = 0;
  #passivations = 0;
  #retries = 0;
  #refused = 0;

  constructor(behaviour: ActorBehaviour<Actor, Message>, options: HostOptions, clock: Clock) {
    this.#behaviour = behaviour;
    this.#options = options;
    this.#clock = clock;
  }

  /** Starts looking for idle actors: at each once per `sweepMs`, a part of the rooms at a time. */
  start(): void {
    this.#stopSweep ??= this.#clock.every(this.#options.sweepMs / SWEEP_PARTS, () => this.#sweepPart());
  }

  /** Stops the sweep; rooms are closed by `drain` or `drop`. */
  stop(): void {
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  /** Accepts messages for this partition from now on. */
  open(partition: PartitionId): void {
    if (this.#rooms.has(partition)) return;
    this.#rooms.set(partition, { partition, cells: new Map(), busy: 0, open: true, onEmpty: undefined });
  }

  /** Takes nothing new; resolves when everything accepted was handled. The partition is closed then. */
  drain(partition: PartitionId): Promise<void> {
    const room = this.#rooms.get(partition);
    if (room === undefined) return Promise.resolve();
    room.open = false;
    return new Promise((resolve) => {
      const before = room.onEmpty;
      room.onEmpty = (): void => {
        before?.();
        this.drop(partition);
        resolve();
      };
      this.#settle(room);
    });
  }

  /** Closes the partition at once: waiting messages are forgotten, the ones in hand finish without a successor. */
  drop(partition: PartitionId): void {
    const room = this.#rooms.get(partition);
    if (room === undefined) return;
    room.open = false;
    this.#rooms.delete(partition);
    for (const cell of room.cells.values()) this.#waiting -= cell.mailbox?.length ?? 0;
    this.#actors -= room.cells.size;
    this.#busy -= room.busy;
    room.cells.clear();
    const emptied = room.onEmpty;
    room.onEmpty = undefined;
    emptied?.();
  }

  /** Puts a message into the mailbox of `key`, or says why not. */
  deliver(partition: PartitionId, key: string, message: Message): Delivery {
    const room = this.#rooms.get(partition);
    if (room === undefined || !room.open) return 'not-owned';
    let cell = room.cells.get(key);
    if (cell === undefined) {
      if (this.#actors >= this.#options.actorsMax && this.passivateIdle(0, EVICTIONS_MAX) === 0) {
        this.#refused += 1;
        return 'full';
      }
      cell = {
        key: flatText(key),
        actor: undefined,
        current: undefined,
        attempt: 0,
        mailbox: undefined,
        lastUsedMs: 0,
      };
      room.cells.set(cell.key, cell);
      this.#actors += 1;
    }
    if (cell.current === undefined) {
      this.#take(room, cell, message);
      return 'accepted';
    }
    cell.mailbox ??= new Mailbox();
    if (cell.mailbox.length >= this.#options.mailboxMessagesMax) {
      this.#refused += 1;
      return 'full';
    }
    cell.mailbox.push(message);
    this.#waiting += 1;
    return 'accepted';
  }

  /** Passivates up to `most` actors idle for `idleMs`, wherever they are; returns how many. */
  passivateIdle(idleMs: number, most: number = Number.POSITIVE_INFINITY): number {
    let passivated = 0;
    for (const room of this.#rooms.values()) {
      if (passivated >= most) break;
      passivated += this.#passivateIn(room, idleMs, most - passivated);
    }
    return passivated;
  }

  #sweepPart(): void {
    this.#sweepDue += this.#rooms.size / SWEEP_PARTS;
    while (this.#sweepDue >= 1) {
      const room = this.#unswept?.next().value;
      if (room !== undefined) {
        this.#passivateIn(room, this.#options.idleMs, Number.POSITIVE_INFINITY);
        this.#sweepDue -= 1;
      } else if (this.#rooms.size > 0) this.#unswept = this.#rooms.values();
      else this.#sweepDue = 0;
    }
  }

  #passivateIn(room: Room<Actor, Message>, idleMs: number, most: number): number {
    const before = this.#clock.monotonicMs() - idleMs;
    let passivated = 0;
    for (const cell of room.cells.values()) {
      if (passivated >= most) break;
      if (cell.current !== undefined || cell.lastUsedMs > before || this.#isHeld(cell)) continue;
      room.cells.delete(cell.key);
      passivated += 1;
    }
    this.#actors -= passivated;
    this.#passivations += passivated;
    return passivated;
  }

  #isHeld(cell: Cell<Actor, Message>): boolean {
    return cell.actor !== undefined && this.#behaviour.mayPassivate?.(cell.actor) === false;
  }

  /** The actors of a partition that are in memory, for who looks at many of them now and then. */
  *actorsOf(partition: PartitionId): Generator<Actor, void, undefined> {
    for (const { actor } of this.#rooms.get(partition)?.cells.values() ?? []) if (actor !== undefined) yield actor;
  }

  /** Numbers for metrics. */
  stats(): HostStats {
    return {
      actors: this.#actors,
      waiting: this.#waiting,
      busy: this.#busy,
      activations: this.#activations,
      passivations: this.#passivations,
      retries: this.#retries,
      refused: this.#refused,
    };
  }

  /** Gives an idle cell a message and works through what follows without a promise where none is needed. */
  #take(room: Room<Actor, Message>, cell: Cell<Actor, Message>, first: Message): void {
    room.busy += 1;
    this.#busy += 1;
    let next: Message | undefined = first;
    while (next !== undefined) {
      cell.current = next;
      cell.attempt = 1;
      const pending = this.#handle(room, cell, next);
      if (pending !== undefined) return;
      next = this.#next(room, cell);
    }
  }

  /** One attempt at the current message; a promise when it is still going on. */
  #handle(room: Room<Actor, Message>, cell: Cell<Actor, Message>, message: Message): Promise<void> | undefined {
    if (cell.actor === undefined) return this.#activateAndHandle(room, cell, message);
    try {
      const pending = this.#behaviour.receive(cell.actor, message);
      if (pending === undefined) return undefined;
      return pending.then(
        () => this.#continue(room, cell),
        (cause: unknown) => this.#fail(room, cell, message, cause),
      );
    } catch (cause) {
      this.#fail(room, cell, message, cause);
      return Promise.resolve();
    }
  }

  async #activateAndHandle(room: Room<Actor, Message>, cell: Cell<Actor, Message>, message: Message): Promise<void> {
    try {
      this.#activations += 1;
      const actor = await this.#behaviour.activate(cell.key, room.partition, message);
      if (this.#rooms.get(room.partition) !== room) return;
      cell.actor = actor;
      const pending = this.#behaviour.receive(actor, message);
      if (pending !== undefined) await pending;
    } catch (cause) {
      this.#fail(room, cell, message, cause);
      return;
    }
    this.#continue(room, cell);
  }

  /** After an asynchronous turn: the next message, or rest. */
  #continue(room: Room<Actor, Message>, cell: Cell<Actor, Message>): void {
    if (this.#rooms.get(room.partition) !== room) return;
    const next = this.#next(room, cell);
    if (next === undefined) return;
    room.busy -= 1;
    this.#busy -= 1;
    this.#take(room, cell, next);
  }

  /** Ends a turn: hands out the next waiting message, or marks the cell idle. */
  #next(room: Room<Actor, Message>, cell: Cell<Actor, Message>): Message | undefined {
    if (this.#rooms.get(room.partition) !== room) return undefined;
    const next = cell.mailbox?.shift();
    if (next !== undefined) {
      this.#waiting -= 1;
      return next;
    }
    cell.current = undefined;
    cell.mailbox = undefined;
    // A whole number is part of its object, another is one more.
    cell.lastUsedMs = Math.floor(this.#clock.monotonicMs());
    if (cell.actor !== undefined) this.#behaviour.idle?.(cell.actor);
    room.busy -= 1;
    this.#busy -= 1;
    this.#settle(room);
    return undefined;
  }

  #fail(room: Room<Actor, Message>, cell: Cell<Actor, Message>, message: Message, cause: unknown): void {
    if (this.#rooms.get(room.partition) !== room) return;
    cell.actor = undefined;
    const answer = this.#behaviour.failed(cell.key, message, cell.attempt, cause);
    if (answer.kind === 'drop') {
      this.#continue(room, cell);
      return;
    }
    this.#retries += 1;
    cell.attempt += 1;
    this.#clock.after(answer.delayMs, () => {
      if (this.#rooms.get(room.partition) === room) void this.#activateAndHandle(room, cell, message);
    });
  }

  #settle(room: Room<Actor, Message>): void {
    if (room.busy === 0 && room.onEmpty !== undefined) {
      const emptied = room.onEmpty;
      room.onEmpty = undefined;
      emptied();
    }
  }
}
