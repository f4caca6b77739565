/**
 * One message of the bus into its charger's mailbox: read, given its deadline, delivered. What cannot be read is counted and dropped;
 * what finds no room is counted and not answered, and whoever sent it sends it again.
 */
import type { ActorHost } from '@voltlane/actors';
import type { BusMessage } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import { type CommandAsk, foldCase, type PartitionId, type Uplink, WireError } from '@voltlane/wire';
import type { ChargerActor, Inbound } from './charger-actor.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { WorkerSpans } from './spans.ts';

/** What it is done with. */
export interface IntakeDependencies {
  readonly host: Pick<ActorHost<ChargerActor, Inbound>, 'deliver'>;
  readonly clock: Clock;
  readonly metrics: Pick<WorkerMetrics, 'refused' | 'unreadable'>;
  /** Undefined where traces are off. */
  readonly spans?: Pick<WorkerSpans, 'arrived'> | undefined;
}

/** How one kind of message is read, and how long it may wait, ms. */
export interface Reading<M extends Uplink | CommandAsk> {
  readonly decode: (data: Uint8Array) => M;
  readonly budgetMs: (message: M) => number;
}

/** See the head of this file. */
export function takeIn<M extends Uplink | CommandAsk>(
  { host, clock, metrics, spans }: IntakeDependencies,
  partition: PartitionId,
  { data, reply }: BusMessage,
  reading: Reading<M>,
): void {
  let uplink: M;
  try {
    uplink = reading.decode(data);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    metrics.unreadable(cause.code);
    return;
  }
  if (reply === undefined) return;
  const arrivedMs = clock.monotonicMs();
  const deadlineMs = arrivedMs + reading.budgetMs(uplink);
  const inbound = { uplink, partition, reply, deadlineMs, arrivedMs, trace: spans?.arrived(uplink) };
  const delivery = host.deliver(partition, `${uplink.tenant}/${foldCase(uplink.chargerId)}`, inbound);
  if (delivery !== 'accepted') metrics.refused(delivery);
}
