/**
 * Puts the commands of a worker together: desk, ledger, alarm, recovery, and the two subjects they come by. Follows the ownership of
 * partitions like the inbox of chargers' messages.
 */
import type { ActorHost, PartitionListener } from '@voltlane/actors';
import type { Bus, Subscription } from '@voltlane/bus';
import { CommandClient, type CommandStore } from '@voltlane/commands';
import { type Registry, registeredIdentity } from '@voltlane/registry';
import type { Logger, Metrics } from '@voltlane/telemetry';
import type { Clock, Random } from '@voltlane/time';
import type { Epoch, PartitionId, Subjects } from '@voltlane/wire';
import type { ChargerActor, Inbound } from '../charger-actor.ts';
import type { WorkerMetrics } from '../metrics.ts';
import type { Outbox } from '../outbox.ts';
import type { WorkerSpans } from '../spans.ts';
import { CommandAlarm } from './command-alarm.ts';
import { CommandDesk } from './command-desk.ts';
import { startCommandFront } from './command-front.ts';
import { CommandInbox } from './command-inbox.ts';
import { CommandLedger } from './command-ledger.ts';
import { type CommandMetrics, createCommandMetrics } from './command-metrics.ts';
import { CommandRecovery } from './command-recovery.ts';

/** What the commands of a worker work with. */
export interface CommandsDependencies {
  readonly bus: Bus;
  readonly store: CommandStore;
  readonly registry: Pick<Registry, 'charger'>;
  readonly outbox: Outbox;
  readonly subjects: Subjects;
  readonly partitions: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly workerMetrics: WorkerMetrics;
  /** Undefined where traces are off. */
  readonly spans?: WorkerSpans | undefined;
  readonly queueMax: number;
  readonly requestsMax: number;
  /** The host, which is made after the desk it needs. */
  readonly host: () => ActorHost<ChargerActor, Inbound>;
}

/** The commands of one worker. */
export class Commands {
  readonly desk: CommandDesk;
  readonly #deps: CommandsDependencies;
  readonly #ledger = new CommandLedger();
  readonly #alarm: CommandAlarm;
  readonly #recovery: CommandRecovery;
  readonly #inbox: CommandInbox;
  readonly #client: CommandClient;
  readonly #metrics: CommandMetrics;
  #front: Subscription | undefined;

  constructor(deps: CommandsDependencies) {
    const { store, outbox, clock, random, log, subjects, bus, registry } = deps;
    this.#deps = deps;
    const deliver: Deliver = (partition, key, inbound) => deps.host().deliver(partition, key, inbound);
    this.#alarm = new CommandAlarm({ clock, deliver });
    this.#client = new CommandClient({
      bus,
      subjects,
      partitions: deps.partitions,
      store,
      identity: registeredIdentity(registry),
      clock,
      random,
      inFlightMax: deps.requestsMax,
    });
    this.#metrics = createCommandMetrics(deps.metrics, {
      open: () => this.#ledger.size,
      front: () => this.#client.stats(),
    });
    this.#recovery = new CommandRecovery({ store, clock, random, log, metrics: this.#metrics, deliver });
    this.#inbox = new CommandInbox({ bus, host: { deliver }, subjects, clock, metrics: deps.workerMetrics });
    this.desk = new CommandDesk({
      store,
      ledger: this.#ledger,
      alarm: this.#alarm,
      outbox,
      clock,
      metrics: this.#metrics,
      spans: deps.spans,
      queueMax: deps.queueMax,
      recheck: (partition) => this.#recovery.again(partition),
    });
  }

  /** A listener that takes commands for a partition while `next` takes the messages of its chargers. */
  beside(next: PartitionListener): PartitionListener {
    return {
      gained: (partition: PartitionId, epoch: Epoch): void => {
        this.#ledger.open(partition);
        // Before the announcement, on the same connection: whoever hears of the new owner asks it at once.
        this.#inbox.open(partition);
        next.gained(partition, epoch);
        this.#recovery.gained(partition);
      },
      released: async (partition: PartitionId): Promise<void> => {
        this.#inbox.close(partition);
        await next.released(partition);
        this.#forget(partition);
      },
      lost: (partition: PartitionId): void => {
        this.#inbox.close(partition);
        next.lost(partition);
        this.#forget(partition);
      },
    };
  }

  /** Takes requests over NATS from now on. */
  start(): void {
    const { bus, subjects, log } = this.#deps;
    this.#client.start();
    this.#front = startCommandFront({ bus, subjects, client: this.#client, log, metrics: this.#metrics });
  }

  /** Takes no more requests; what is in hand goes on until the bus closes. */
  stop(): void {
    this.#front?.unsubscribe();
    this.#client.stop();
    this.#recovery.stop();
    this.#alarm.stop();
  }

  #forget(partition: PartitionId): void {
    this.#recovery.closed(partition);
    this.#alarm.close(partition);
    this.#ledger.close(partition);
  }
}

type Deliver = ActorHost<ChargerActor, Inbound>['deliver'];
