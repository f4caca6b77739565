/**
 * Takes what is asked about commands off the internal subject of each held partition and puts it into the mailbox of the charger. What
 * finds no mailbox is not answered: whoever asked asks again.
 */
import type { ActorHost } from '@voltlane/actors';
import type { Bus, BusMessage, Subscription } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import {
  type CommandAsk,
  decodeCommandAsk,
  foldCase,
  type PartitionId,
  type Subjects,
  WireError,
} from '@voltlane/wire';
import type { ChargerActor, Inbound } from '../charger-actor.ts';
import type { WorkerMetrics } from '../metrics.ts';

/** What the inbox works with. */
export interface CommandInboxDependencies {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly host: Pick<ActorHost<ChargerActor, Inbound>, 'deliver'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly metrics: Pick<WorkerMetrics, 'refused' | 'unreadable'>;
}

/** How long a question may wait for the bus in its charger's turn; it is asked again by then. */
const ASK_BUDGET_MS = 5_000;

/** Listens for commands to the chargers of held partitions. */
export class CommandInbox {
  readonly #deps: CommandInboxDependencies;
  readonly #subscriptions = new Map<PartitionId, Subscription>();

  constructor(deps: CommandInboxDependencies) {
    this.#deps = deps;
  }

  open(partition: PartitionId): void {
    const { bus, subjects } = this.#deps;
    this.#subscriptions.set(
      partition,
      bus.subscribe(subjects.forward(partition), (message) => this.#accept(partition, message)),
    );
  }

  close(partition: PartitionId): void {
    this.#subscriptions.get(partition)?.unsubscribe();
    this.#subscriptions.delete(partition);
  }

  #accept(partition: PartitionId, message: BusMessage): void {
    const { clock, host, metrics } = this.#deps;
    const uplink = this.#decode(message);
    if (uplink === undefined || message.reply === undefined) return;
    const arrivedMs = clock.monotonicMs();
    const inbound = { uplink, partition, reply: message.reply, deadlineMs: arrivedMs + ASK_BUDGET_MS, arrivedMs };
    const delivery = host.deliver(partition, `${uplink.tenant}/${foldCase(uplink.chargerId)}`, inbound);
    if (delivery !== 'accepted') metrics.refused(delivery);
  }

  #decode(message: BusMessage): CommandAsk | undefined {
    try {
      return decodeCommandAsk(message.data);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      this.#deps.metrics.unreadable(cause.code);
      return undefined;
    }
  }
}
