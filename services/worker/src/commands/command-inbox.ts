/**
 * Takes what is asked about commands off the internal subject of each held partition and puts it into the mailbox of the charger. What
 * finds no mailbox is not answered: whoever asked asks again.
 */
import type { Bus, Subscription } from '@voltlane/bus';
import { type CommandAsk, decodeCommandAsk, type PartitionId, type Subjects } from '@voltlane/wire';
import { type IntakeDependencies, type Reading, takeIn } from '../intake.ts';

/** What the inbox works with. */
export interface CommandInboxDependencies extends IntakeDependencies {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly subjects: Subjects;
}

/** How long a question may wait for the bus in its charger's turn; it is asked again by then. */
const ASK_BUDGET_MS = 5_000;

const ASK: Reading<CommandAsk> = { decode: decodeCommandAsk, budgetMs: () => ASK_BUDGET_MS };

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
      bus.subscribe(subjects.forward(partition), (message) => takeIn(this.#deps, partition, message, ASK)),
    );
  }

  close(partition: PartitionId): void {
    this.#subscriptions.get(partition)?.unsubscribe();
    this.#subscriptions.delete(partition);
  }
}
