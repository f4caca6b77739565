/**
 * The way from sessions to the workers: owns every message that has no reply yet. Publishing on a bus that is away loses the
 * message without an error, so a message counts as delivered only when its reply arrives; until then it is sent again, with
 * the same session and seq, which lets the actor recognise it.
 *
 * Invariants:
 * 1. Messages of a partition are sent, and sent again, in the order they were handed in. (A call is handed in only after the one
 *    before it ended, so calls of a charger cannot overtake each other whatever the bus loses.)
 * 2. Each message ends exactly once: replied, or given up at its deadline, or refused because the edge is full.
 * 3. A partition nobody listens for is probed with one message; the rest follow when somebody is there.
 */
import type { Bus } from '@voltlane/bus';
import { Numbered } from '@voltlane/bus';
import type { CancelTimer, Clock, Random } from '@voltlane/time';
import { backoffMs } from '@voltlane/time';
import type { DownlinkReply, PartitionId, SessionId, Uplink } from '@voltlane/wire';
import { encodeUplink } from '@voltlane/wire';
import type { GivenUp } from './effect.ts';
import type { Links } from './linked-list.ts';
import { LinkedList } from './linked-list.ts';
import type { EdgeMetrics } from './metrics.ts';
import { ResendPatience } from './resend-patience.ts';

/** Whoever handed a message in and learns its end. */
export interface Sender {
  readonly sessionId: SessionId;
  readonly partition: PartitionId;
  /** Monotonic ms at which the socket was opened. */
  readonly openedAtMs: number;
  /** True when nobody wants the reply any more. */
  readonly ended: boolean;
  replied(seq: number, outcome: DownlinkReply['outcome']): void;
  gaveUp(seq: number, why: GivenUp): void;
}

/** What the uplink works with. */
export interface UplinkPorts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: EdgeMetrics;
  /** Subject of the owner of a partition. */
  readonly callSubject: (partition: PartitionId) => string;
  /** Subject for replies to message number `n`. */
  readonly replySubject: (n: number) => string;
}

/** Bounds and waits of the uplink. */
export interface UplinkLimits {
  readonly pendingCallsMax: number;
  readonly pendingBytesMax: number;
  /** The shortest wait before a message is sent again; `ResendPatience` lengthens it. */
  readonly callResendMs: number;
}

/** Messages without a reply, and what can be done with them. */
export interface Uplinks {
  /** Takes a message. When the edge is full, a call is refused: its sender hears `gaveUp(overload)` before this returns. */
  send(sender: Sender, uplink: Uplink, deadlineAtMs: number): void;
  /** The reply to message `n`; false when nothing waits for it (late, or a second reply to a resend). */
  replied(n: number, reply: DownlinkReply): boolean;
  /** Nobody listens where message `n` went. */
  nobody(n: number): void;
  /** The partition has a new owner: what the old one did not answer goes to the new one at once. */
  ownerChanged(partition: PartitionId): void;
  pending(): number;
  stop(): void;
}

interface Pending extends Links<Pending> {
  /** Its number among those without a reply. */
  n: number;
  readonly sender: Sender;
  readonly uplink: Uplink;
  readonly bytes: number;
  readonly deadlineAtMs: number;
  readonly lane: PartitionLane;
  /** When the newest copy left; negative infinity while none has, or when nobody took it. */
  sentAtMs: number;
  /** A copy that is not answered for this long is sent again; doubles with each. */
  resendAfterMs: number;
  copies: number;
}

/** What waits for the owner of one partition, in the order handed in. */
interface PartitionLane {
  readonly partition: PartitionId;
  readonly pending: LinkedList<Pending>;
  outage: Outage | undefined;
}

/** A partition nobody listened for when last tried. */
interface Outage {
  attempt: number;
  probeAtMs: number;
  /** When the probe left, or undefined between probes. */
  probedAtMs: number | undefined;
}

/**
 * Interval of the one sweep over everything pending: exact enough for waits of a second and more. At 50 ms it was a fifth of the CPU of
 * an edge that could not keep up, which had 3,400 messages pending.
 */
const SWEEP_MS = 250;
/** Interval of the look at partitions nobody listens for; nobody looks while there are none. */
const PROBE_SWEEP_MS = 50;
/** A probe that has not come back as "nobody" for this long has found somebody: the bus says so at once. */
const PROBE_GRACE_MS = 40;
const PROBE_BACKOFF = { minMs: 50, maxMs: 500, factor: 2, jitter: 0.2 } as const;

/** Starts the uplink with its sweep. */
export const createUplinks = (ports: UplinkPorts, limits: UplinkLimits): Uplinks => new UplinkTable(ports, limits);

class UplinkTable implements Uplinks {
  readonly #ports: UplinkPorts;
  readonly #limits: UplinkLimits;
  readonly #lanes = new Map<PartitionId, PartitionLane>();
  readonly #pending = new Numbered<Pending>();
  readonly #patience: ResendPatience;
  readonly #outages = new Set<PartitionLane>();
  readonly #cancelSweep: CancelTimer;
  readonly #endStatus: () => void;
  /** Set while there are outages. */
  #cancelProbes: CancelTimer | undefined;
  #bytes = 0;

  constructor(ports: UplinkPorts, limits: UplinkLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.#patience = new ResendPatience(limits.callResendMs);
    this.#cancelSweep = ports.clock.every(SWEEP_MS, () => this.#sweep());
    const status = ports.bus.onStatus((now) => {
      if (now !== 'connected') return;
      for (const lane of this.#lanes.values()) this.#startOver(lane);
    });
    this.#endStatus = () => status.unsubscribe();
  }

  send(sender: Sender, uplink: Uplink, deadlineAtMs: number): void {
    const bytes = uplink.kind === 'call' ? uplink.payload.length : 0;
    if (uplink.kind === 'call' && this.#full(bytes)) {
      this.#ports.metrics.overloaded();
      sender.gaveUp(uplink.seq, 'overload');
      return;
    }
    const lane = this.#lane(sender.partition);
    const pending: Pending = {
      n: 0,
      sender,
      uplink,
      bytes,
      deadlineAtMs,
      lane,
      sentAtMs: Number.NEGATIVE_INFINITY,
      resendAfterMs: 0,
      copies: 0,
      before: undefined,
      after: undefined,
    };
    lane.pending.add(pending);
    pending.n = this.#pending.add(pending);
    this.#bytes += bytes;
    if (this.#ports.bus.status() !== 'connected' || lane.outage !== undefined) return;
    this.#publish(pending, this.#ports.clock.monotonicMs());
  }

  replied(n: number, reply: DownlinkReply): boolean {
    const pending = this.#pending.get(n);
    if (pending === undefined) {
      this.#patience.answeredTwice();
      return false;
    }
    const { sender, uplink, lane } = pending;
    if (sender.sessionId !== reply.sessionId || uplink.seq !== reply.seq) return false;
    this.#forget(pending);
    if (pending.copies === 1) this.#patience.learn(this.#ports.clock.monotonicMs() - pending.sentAtMs);
    if (lane.outage !== undefined) this.#release(lane);
    sender.replied(reply.seq, reply.outcome);
    return true;
  }

  nobody(n: number): void {
    const pending = this.#pending.get(n);
    if (pending === undefined) return;
    const { lane } = pending;
    const nowMs = this.#ports.clock.monotonicMs();
    this.#ports.metrics.noResponders();
    pending.sentAtMs = Number.NEGATIVE_INFINITY;
    // Several messages may have been on their way when the first came back.
    if (lane.outage !== undefined && lane.outage.probedAtMs === undefined) return;
    const attempt = (lane.outage?.attempt ?? 0) + 1;
    const probeAtMs = nowMs + backoffMs(attempt, PROBE_BACKOFF, this.#ports.random);
    lane.outage = { attempt, probeAtMs, probedAtMs: undefined };
    this.#outages.add(lane);
    this.#cancelProbes ??= this.#ports.clock.every(PROBE_SWEEP_MS, () => this.#probe());
  }

  ownerChanged(partition: PartitionId): void {
    const lane = this.#lanes.get(partition);
    if (lane !== undefined) this.#startOver(lane);
  }

  pending(): number {
    return this.#pending.size;
  }

  stop(): void {
    this.#cancelSweep();
    this.#endProbes();
    this.#endStatus();
  }

  #lane(partition: PartitionId): PartitionLane {
    let lane = this.#lanes.get(partition);
    if (lane === undefined) {
      lane = { partition, pending: new LinkedList(), outage: undefined };
      this.#lanes.set(partition, lane);
    }
    return lane;
  }

  #full(bytes: number): boolean {
    return this.#pending.size >= this.#limits.pendingCallsMax || this.#bytes + bytes > this.#limits.pendingBytesMax;
  }

  #forget(pending: Pending): void {
    this.#pending.take(pending.n);
    pending.lane.pending.delete(pending);
    this.#bytes -= pending.bytes;
  }

  #publish(pending: Pending, nowMs: number): void {
    const { sender, n } = pending;
    let { uplink } = pending;
    if (pending.copies > 0) {
      this.#ports.metrics.resent();
      // The session wrote the budget of the first copy.
      if (uplink.kind === 'call') uplink = { ...uplink, budgetMs: Math.round(pending.deadlineAtMs - nowMs) };
    }
    pending.copies += 1;
    pending.sentAtMs = nowMs;
    pending.resendAfterMs = this.#patience.next(pending.resendAfterMs);
    this.#ports.bus.publish(
      this.#ports.callSubject(sender.partition),
      encodeUplink(uplink, nowMs - sender.openedAtMs),
      this.#ports.replySubject(n),
    );
  }

  #release(lane: PartitionLane): void {
    this.#endOutage(lane);
    const nowMs = this.#ports.clock.monotonicMs();
    lane.pending.each((pending) => {
      if (pending.sentAtMs === Number.NEGATIVE_INFINITY) this.#publish(pending, nowMs);
    });
  }

  /** Another owner, or another connection: what was sent before says nothing. */
  #startOver(lane: PartitionLane): void {
    this.#endOutage(lane);
    const nowMs = this.#ports.clock.monotonicMs();
    lane.pending.each((pending) => {
      pending.resendAfterMs = 0;
      this.#publish(pending, nowMs);
    });
  }

  #endOutage(lane: PartitionLane): void {
    lane.outage = undefined;
    this.#outages.delete(lane);
    if (this.#outages.size === 0) this.#endProbes();
  }

  #endProbes(): void {
    this.#cancelProbes?.();
    this.#cancelProbes = undefined;
  }

  #sweep(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const connected = this.#ports.bus.status() === 'connected';
    let given: Pending[] | undefined;
    const look = (pending: Pending): void => {
      if (pending.sender.ended || pending.deadlineAtMs <= nowMs) {
        given = given ?? [];
        given.push(pending);
      } else if (connected && pending.lane.outage === undefined && nowMs - pending.sentAtMs >= pending.resendAfterMs) {
        this.#publish(pending, nowMs);
      }
    };
    for (const lane of this.#lanes.values()) lane.pending.each(look);
    if (given === undefined) return;
    // Afterwards, because giving up sends the session's next call.
    for (const pending of given) {
      this.#forget(pending);
      if (!pending.sender.ended) pending.sender.gaveUp(pending.uplink.seq, 'deadline');
    }
  }

  #probe(): void {
    if (this.#ports.bus.status() !== 'connected') return;
    const nowMs = this.#ports.clock.monotonicMs();
    for (const lane of this.#outages) this.#probeLane(lane, nowMs);
  }

  #probeLane(lane: PartitionLane, nowMs: number): void {
    const { outage } = lane;
    if (outage === undefined) return;
    if (outage.probedAtMs !== undefined) {
      if (nowMs - outage.probedAtMs >= PROBE_GRACE_MS) this.#release(lane);
      return;
    }
    if (nowMs < outage.probeAtMs) return;
    // The first in order is the probe of its partition.
    const first = lane.pending.find(({ sender, deadlineAtMs }) => !sender.ended && deadlineAtMs > nowMs);
    if (first === undefined) return;
    outage.probedAtMs = nowMs;
    this.#publish(first, nowMs);
  }
}
