/**
 * Plays an edge as far as workers can tell: keeps each message until its reply, sends it again (on "nobody there", on a new
 * owner's announcement, after a while), and accepts no epoch below the highest it has seen for the partition.
 */
import type { Bus, BusMessage, Subscription } from '@voltlane/bus';
import { systemClock } from '@voltlane/time';
import type { DownlinkReply, EdgeId, Epoch, PartitionId, Subjects, Uplink } from '@voltlane/wire';
import { decodeDownlink, decodeOwner, edgeId, encodeUplink, partitionOf } from '@voltlane/wire';

/** As the edge's own defaults. */
const RESEND_MS = 1000;
const PROBE_MS = 100;

interface Pending {
  readonly partition: PartitionId;
  readonly uplink: Uplink;
  readonly done: (reply: DownlinkReply) => void;
  dueMs: number;
}

/** A reply this edge believed. */
export interface AcceptedReply {
  readonly reply: DownlinkReply;
  readonly atMs: number;
}

export interface EdgePlayer {
  readonly id: EdgeId;
  /** Replies it believed, in order. */
  readonly accepted: readonly AcceptedReply[];
  /** Messages of owners that had lost their partition. */
  readonly fenced: readonly DownlinkReply[];
  /** Copies sent, first ones included. */
  readonly sent: () => number;
  send(uplink: Uplink): Promise<DownlinkReply>;
  highest(partition: PartitionId): Epoch | undefined;
  stop(): void;
}

export function createEdgePlayer(bus: Bus, subjects: Subjects, partitions: number, name = 'edge1'): EdgePlayer {
  const id = edgeId(name);
  const pending = new Map<number, Pending>();
  const highest = new Map<PartitionId, Epoch>();
  const accepted: AcceptedReply[] = [];
  const fenced: DownlinkReply[] = [];
  let number = 0;
  let sent = 0;

  const publish = (n: number, entry: Pending): void => {
    sent += 1;
    entry.dueMs = systemClock.monotonicMs() + RESEND_MS;
    bus.publish(subjects.call(entry.partition), encodeUplink(entry.uplink), subjects.edgeReply(id, n));
  };
  const received = (message: BusMessage): void => {
    const parsed = subjects.parseEdge(message.subject);
    const n = parsed?.kind === 'reply' ? parsed.n : -1;
    const entry = pending.get(n);
    if (message.noResponders) {
      if (entry !== undefined) entry.dueMs = systemClock.monotonicMs() + PROBE_MS;
      return;
    }
    const down = decodeDownlink(message.data);
    if (down.kind !== 'reply') return;
    if (down.epoch < (highest.get(down.partition) ?? 0)) {
      fenced.push(down);
      return;
    }
    highest.set(down.partition, down.epoch);
    if (entry === undefined) return;
    pending.delete(n);
    accepted.push({ reply: down, atMs: systemClock.monotonicMs() });
    entry.done(down);
  };
  const announced = (message: BusMessage): void => {
    const { partition, epoch } = decodeOwner(message.data);
    if (epoch <= (highest.get(partition) ?? 0)) return;
    highest.set(partition, epoch);
    for (const [n, entry] of pending) if (entry.partition === partition) publish(n, entry);
  };
  const subscriptions: Subscription[] = [
    bus.subscribe(subjects.edgeFilter(id), received),
    bus.subscribe(subjects.ownerFilter(), announced),
  ];
  const stopSweep = systemClock.every(20, () => {
    const nowMs = systemClock.monotonicMs();
    for (const [n, entry] of pending) if (entry.dueMs <= nowMs) publish(n, entry);
  });

  return {
    id,
    accepted,
    fenced,
    sent: () => sent,
    send: (uplink) =>
      new Promise((done) => {
        number += 1;
        const partition = partitionOf(uplink.tenant, uplink.chargerId, partitions);
        const entry = { partition, uplink, done, dueMs: 0 };
        pending.set(number, entry);
        publish(number, entry);
      }),
    highest: (partition) => highest.get(partition),
    stop: () => {
      stopSweep();
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
