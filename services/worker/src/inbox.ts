/**
 * Takes uplink messages off the bus and puts each into its charger's mailbox. Follows the ownership: a subscription per held
 * partition, announced to the edges once it listens. What cannot be read is counted and dropped; what finds its mailbox full is left to the edge's resend.
 */
import type { ActorHost, PartitionListener } from '@voltlane/actors';
import type { Bus, Subscription } from '@voltlane/bus';
import type { Logger } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { Epoch, PartitionId, Subjects, Uplink, WorkerId } from '@voltlane/wire';
import { decodeUplink, encodeOwner } from '@voltlane/wire';
import type { ChargerActor, Inbound } from './charger-actor.ts';
import { type Reading, takeIn } from './intake.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { WorkerSpans } from './spans.ts';

/** What the inbox works with. */
export interface InboxDependencies {
  readonly worker: WorkerId;
  readonly bus: Bus;
  readonly host: ActorHost<ChargerActor, Inbound>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<WorkerMetrics, 'refused' | 'unreadable'>;
  readonly spans?: WorkerSpans | undefined;
}

/** Time an edge waits for the reply to a message about a session, ms; calls carry their own. */
const SESSION_BUDGET_MS = 25_000;

const UPLINK: Reading<Uplink> = {
  decode: decodeUplink,
  budgetMs: (uplink) => (uplink.kind === 'call' ? uplink.budgetMs : SESSION_BUDGET_MS),
};

/** Listens to the partitions this worker holds. */
export class Inbox implements PartitionListener {
  readonly #deps: InboxDependencies;
  readonly #subscriptions = new Map<PartitionId, Subscription>();

  constructor(deps: InboxDependencies) {
    this.#deps = deps;
  }

  gained(partition: PartitionId, epoch: Epoch): void {
    const { bus, host, subjects, log, worker } = this.#deps;
    host.open(partition);
    const subscription = bus.subscribe(subjects.call(partition), (message) =>
      takeIn(this.#deps, partition, message, UPLINK),
    );
    this.#subscriptions.set(partition, subscription);
    // After the subscription, on the same connection: whoever hears of it finds somebody there.
    bus.publish(subjects.owner(partition), encodeOwner({ partition, epoch, worker }));
    log.debug({ partition, epoch }, 'partition gained');
  }

  async released(partition: PartitionId): Promise<void> {
    this.#unsubscribe(partition);
    await this.#deps.host.drain(partition);
  }

  lost(partition: PartitionId): void {
    this.#unsubscribe(partition);
    this.#deps.host.drop(partition);
    this.#deps.log.warn({ partition }, 'partition dropped');
  }

  #unsubscribe(partition: PartitionId): void {
    this.#subscriptions.get(partition)?.unsubscribe();
    this.#subscriptions.delete(partition);
  }
}
