/**
 * Who takes part. Owns this process's heartbeat and its view of the others; knows nothing of partitions. Workers know each other by
 * it, and it tells them which edges there are.
 *
 * A worker writes its entry every `heartbeatMs`. Everybody watches the bucket and notes, on his own monotonic clock, when an
 * entry last changed; one that stands still for `memberExpiryMs` is dead. No two clocks are ever compared, and a heartbeat
 * costs one write whatever the number of partitions is.
 *
 * Silence alone says little: a worker under load, or one whose bucket has no leader for a moment, is silent, too. So who is silent
 * for two heartbeats is looked for on its line, a subscription it holds while it is connected. Nobody there: its connection is
 * gone, as after a crash, and it is dead at once. Somebody there: it may hang, and gets all of `memberExpiryMs`.
 *
 * A reader may only blame others for silence while it would hear them. It knows that from its own heartbeats, which come back
 * through the same watch: while they do not (connection away, no JetStream leader, a stalled watch, this process stood still),
 * there are no verdicts, and when they do again, everybody who lived gets a full fresh period.
 *
 * Invariants
 * 1. `isCurrent` is false from `selfFenceMs` after the sending of the last acknowledged heartbeat, without any timer: the bus
 *    took that heartbeat after it was sent, so nobody can miss it for `memberExpiryMs` before.
 * 2. Between two times of being current lies a call of `fenced`: whoever acts on `isCurrent` has let go of everything.
 * 3. Nobody is judged dead by a reader whose own heartbeats do not come back.
 */
import type { Bus, KeyValue, KvChange, Subscription } from '@voltlane/bus';
import type { CancelTimer, Clock } from '@voltlane/time';
import { Heartbeat } from './heartbeat.ts';
import { decodeMember } from './member.ts';
import { PeerTable } from './peer-table.ts';

/** How often and how long. Relations: 2 · heartbeatMs < selfFenceMs < memberExpiryMs; equal in all workers of a cluster. */
export interface MembershipTimes {
  readonly heartbeatMs: number;
  /** Without an acknowledged heartbeat for this long a worker stops acting. */
  readonly selfFenceMs: number;
  /** Without a change of its entry for this long a worker is dead to the others. */
  readonly memberExpiryMs: number;
}

/** What membership needs. */
export interface MembershipDependencies<Id extends string> {
  readonly self: Id;
  /** Tells the ids of members from other keys. */
  readonly isMember: (text: string) => text is Id;
  /** `observing`: watches the others and is none of them. */
  readonly role: 'active' | 'observing';
  readonly members: KeyValue;
  readonly bus: Pick<Bus, 'status' | 'onStatus'>;
  readonly clock: Clock;
  readonly times: MembershipTimes;
  /** Without it only heartbeats count. */
  readonly line?: PresenceLine<Id>;
}

/** Tells who is connected, whatever its heartbeats do. */
export interface PresenceLine<Id extends string> {
  /** Holds the own line. */
  hold(): Subscription;
  /** False when certainly nobody holds that line; never rejects. */
  isHeld(id: Id): Promise<boolean>;
}

/** Who wants to know. */
export interface MembershipListener {
  /** This worker can no longer prove that it lives: let go of everything now. */
  fenced(): void;
  /** Somebody came, went, or changed; or this worker became current. */
  changed(): void;
  /** Five times per heartbeat. */
  ticked(): void;
}

const TICKS_PER_BEAT = 5;
/** Heartbeats a member may be late before it is looked for on its line. */
const SILENT_BEATS = 2;

/** This process among the others. */
export class Membership<Id extends string> {
  readonly #deps: MembershipDependencies<Id>;
  readonly #peers: PeerTable<Id>;
  readonly #heartbeat: Heartbeat;
  #listener: MembershipListener | undefined;
  /** When the newest acknowledged heartbeat was sent. */
  #provenMs = Number.NEGATIVE_INFINITY;
  /** When the own heartbeat last came back through the watch. */
  #echoMs = Number.NEGATIVE_INFINITY;
  /** Current, and not fenced since. */
  #joined = false;
  /** The others were told that this worker leaves. */
  #left = false;
  #active: readonly Id[] | undefined;
  #undo: (() => void)[] = [];

  constructor(deps: MembershipDependencies<Id>) {
    this.#deps = deps;
    const { self: member, members, bus, clock, role } = deps;
    this.#heartbeat = new Heartbeat({ member, members, bus, clock, onTaken: (sentMs) => this.#prove(sentMs) });
    this.#heartbeat.state = role;
    this.#peers = new PeerTable(deps.times.memberExpiryMs);
  }

  /** Joins: resolves when the members are known; this worker is current as soon as its first heartbeat is acknowledged. */
  async start(listener: MembershipListener): Promise<void> {
    this.#listener = listener;
    const { clock, members, bus, times } = this.#deps;
    await new Promise<void>((resolve, reject) => {
      members
        .watch('>', (change) => this.#observe(change), resolve)
        .then((watch: Subscription) => this.#undo.push(() => watch.unsubscribe()), reject);
    });
    this.#peers.known = true;
    const { line } = this.#deps;
    if (line !== undefined) {
      const held = line.hold();
      this.#undo.push(() => held.unsubscribe());
    }
    const status = bus.onStatus((now) => {
      if (now !== 'connected') return;
      this.#checkLine();
      this.#peers.grant(clock.monotonicMs());
      void this.#heartbeat.send();
    });
    const stopBeat: CancelTimer = clock.every(times.heartbeatMs, () => {
      this.#checkFence();
      void this.#heartbeat.send();
    });
    const stopTick: CancelTimer = clock.every(times.heartbeatMs / TICKS_PER_BEAT, () => this.#tick());
    this.#undo.push(() => status.unsubscribe(), stopBeat, stopTick);
    void this.#heartbeat.send();
  }

  /** True while this worker may act. A comparison of two numbers: cheap enough for every effect. */
  isCurrent(): boolean {
    return this.#deps.clock.monotonicMs() - this.#provenMs <= this.#deps.times.selfFenceMs;
  }

  /** Workers that take partitions, this one included while it is current; in order of their ids. */
  active(): readonly Id[] {
    if (this.#active === undefined) {
      const takesPart = this.#deps.role === 'active' && this.#joined && !this.#left;
      const own = takesPart ? [this.#deps.self] : [];
      this.#active = [...this.#peers.active(), ...own].toSorted();
    }
    return this.#active;
  }

  /** Live members with an entry, this process and observers left out. */
  present(): readonly Id[] {
    return this.#peers.present();
  }

  /** True while this process would hear the others, so that their silence means something. */
  hears(): boolean {
    const { clock, bus, times } = this.#deps;
    return bus.status() === 'connected' && clock.monotonicMs() - this.#echoMs <= times.selfFenceMs;
  }

  /** True while a claim of this worker counts. */
  isLive(worker: Id): boolean {
    return this.#peers.isLive(worker);
  }

  /** True when the worker was seen moving, not only found: an entry found at the start may be of one that died before. */
  hasMoved(worker: Id): boolean {
    return this.#peers.hasMoved(worker);
  }

  /** A fresh claim names this worker: where its heartbeat did not arrive yet, give it a period to do so. */
  sighted(worker: Id): void {
    if (worker === this.#deps.self) return;
    if (this.#peers.sighted(worker, this.#deps.clock.monotonicMs())) this.#changed();
  }

  /** Others known to live, and heartbeats that failed. */
  stats(): { readonly livePeers: number; readonly heartbeatFailures: number } {
    return { livePeers: this.#peers.liveCount(), heartbeatFailures: this.#heartbeat.failures };
  }

  /** Takes nothing more: tells the others first, so that what is given up finds its next owner. */
  async leave(): Promise<void> {
    this.#heartbeat.state = 'leaving';
    await this.#heartbeat.send();
    this.#left = true;
    this.#changed();
  }

  /** Ends the heartbeat and removes the entry: claims still in this worker's name are free for the others. */
  async stop(): Promise<void> {
    for (const undo of this.#undo) undo();
    this.#undo = [];
    const removed = this.#heartbeat.remove();
    this.#joined = false;
    this.#provenMs = Number.NEGATIVE_INFINITY;
    await removed;
  }

  #prove(sentMs: number): void {
    // Before it counts: what was held while not current must not come back to life.
    this.#checkFence();
    this.#provenMs = Math.max(this.#provenMs, sentMs);
    if (this.#joined || !this.isCurrent()) return;
    this.#joined = true;
    this.#changed();
  }

  #checkFence(): void {
    if (!this.#joined || this.isCurrent()) return;
    this.#joined = false;
    this.#active = undefined;
    this.#listener?.fenced();
  }

  /** Back on the bus: whoever looked for this worker on its line meanwhile has found nobody. */
  #checkLine(): void {
    const { clock, line, times } = this.#deps;
    if (line === undefined || clock.monotonicMs() - this.#provenMs <= SILENT_BEATS * times.heartbeatMs) return;
    this.#provenMs = Number.NEGATIVE_INFINITY;
    this.#checkFence();
  }

  async #look(line: PresenceLine<Id>, id: Id, silentSinceMs: number): Promise<void> {
    if (await line.isHeld(id)) return;
    // Its heartbeat may have come meanwhile, or this process may have lost its own way to the bus.
    if (this.hears() && this.#peers.hungUp(id, silentSinceMs)) this.#changed();
  }

  #tick(): void {
    this.#checkFence();
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.hears()) {
      if (this.#peers.expire(nowMs)) this.#changed();
      const { line, times } = this.#deps;
      if (line !== undefined)
        for (const { id, seenMs } of this.#peers.silent(nowMs, SILENT_BEATS * times.heartbeatMs, times.heartbeatMs))
          void this.#look(line, id, seenMs);
      if (this.#joined && this.#isFirst()) this.#bury(nowMs);
    }
    this.#listener?.ticked();
  }

  /** One is enough to remove the long dead: the first of its kind. */
  #isFirst(): boolean {
    const { self, role } = this.#deps;
    if (role === 'active') return this.active()[0] === self;
    return this.#peers.observers().every((other) => self < other);
  }

  #bury(nowMs: number): void {
    for (const member of this.#peers.longDead(nowMs)) {
      this.#deps.members.delete(member).catch((error: unknown) => this.#heartbeat.failed(error));
    }
  }

  #observe(change: KvChange): void {
    const nowMs = this.#deps.clock.monotonicMs();
    if (change.key === this.#deps.self) {
      if (nowMs - this.#echoMs > this.#deps.times.selfFenceMs) this.#peers.grant(nowMs);
      this.#echoMs = nowMs;
      return;
    }
    if (!this.#deps.isMember(change.key)) return;
    const record = change.value === undefined ? undefined : decodeMember(change.value);
    // What cannot be read is no sign of life and no end of it.
    if (change.value !== undefined && record === undefined) return;
    const news = record === undefined ? this.#peers.removed(change.key) : this.#peers.seen(change.key, record, nowMs);
    if (news) this.#changed();
  }

  #changed(): void {
    this.#active = undefined;
    this.#listener?.changed();
  }
}
