/**
 * What a new owner does about commands that were open when it took a partition: lists their entries and wakes the actors concerned, so
 * that nothing waits for a charger to speak first. Partitions taken together are listed together; a listing that failed is repeated.
 * The same is done for a partition where a step failed halfway: what the step has done then is found again like an earlier owner's.
 */
import type { Delivery } from '@voltlane/actors';
import type { CommandStore, OpenCommandKey } from '@voltlane/commands';
import type { Logger } from '@voltlane/telemetry';
import { backoffMs, type CancelTimer, type Clock, type Random } from '@voltlane/time';
import { foldCase, type PartitionId } from '@voltlane/wire';
import type { CommandsFound, Inbound } from '../charger-actor.ts';
import type { CommandMetrics } from './command-metrics.ts';

/** What the recovery works with. */
export interface CommandRecoveryDependencies {
  readonly store: Pick<CommandStore, 'openOf' | 'openOfAll'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'warn'>;
  readonly metrics: Pick<CommandMetrics, 'recoveryFailed'>;
  readonly deliver: (partition: PartitionId, key: string, inbound: Inbound) => Delivery;
}

/** Partitions that come within this time are listed at once. */
const GATHER_MS = 50;
/** After a step that failed; by then a bus that was away for a moment is back. */
const AGAIN_MS = 2_000;
/** From this many on, one listing of everything is cheaper than one each. */
const LIST_ALL_FROM = 8;
/** Actors told per tick: each may be a read from the journal. */
const TOLD_PER_TICK_MAX = 100;
const TICK_MS = 50;
const NOTICE_BUDGET_MS = 25_000;
const RETRY = { minMs: 200, maxMs: 5_000, factor: 2, jitter: 0.2 } as const;

/** The recovery of one worker. */
export class CommandRecovery {
  readonly #deps: CommandRecoveryDependencies;
  /** Held partitions that are still to be listed. */
  readonly #wanted = new Set<PartitionId>();
  /** Chargers still to be told. */
  #found: CommandsFoundAt[] = [];
  #timer: CancelTimer | undefined;
  #attempt = 0;
  #busy = false;

  constructor(deps: CommandRecoveryDependencies) {
    this.#deps = deps;
  }

  gained(partition: PartitionId): void {
    this.#wanted.add(partition);
    this.#schedule(GATHER_MS);
  }

  /** A step of a charger's commands failed, and how far it came is not known. */
  again(partition: PartitionId): void {
    this.#wanted.add(partition);
    this.#schedule(AGAIN_MS);
  }

  closed(partition: PartitionId): void {
    this.#wanted.delete(partition);
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#wanted.clear();
    this.#found = [];
  }

  #schedule(delayMs: number): void {
    if (this.#busy) return;
    this.#timer ??= this.#deps.clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    const { log, metrics, random } = this.#deps;
    const partitions = [...this.#wanted];
    this.#busy = true;
    try {
      if (partitions.length > 0) await this.#list(partitions);
      this.#attempt = 0;
      this.#busy = false;
      this.#tell();
    } catch (cause) {
      this.#busy = false;
      metrics.recoveryFailed();
      log.warn({ err: cause, partitions: partitions.length }, 'open commands could not be listed');
      this.#schedule(backoffMs(this.#attempt++, RETRY, random));
    }
  }

  async #list(partitions: readonly PartitionId[]): Promise<void> {
    const { store } = this.#deps;
    const keys =
      partitions.length >= LIST_ALL_FROM
        ? await store.openOfAll()
        : (await Promise.all(partitions.map((partition) => store.openOf(partition)))).flat();
    const held = new Set(partitions.filter((partition) => this.#wanted.has(partition)));
    for (const partition of held) this.#wanted.delete(partition);
    this.#found.push(...byCharger(keys.filter(({ partition }) => held.has(partition))));
  }

  #tell(): void {
    for (const { partition, notice } of this.#found.splice(0, TOLD_PER_TICK_MAX)) {
      const arrivedMs = this.#deps.clock.monotonicMs();
      const inbound = { uplink: notice, partition, reply: '', deadlineMs: arrivedMs + NOTICE_BUDGET_MS, arrivedMs };
      const key = `${notice.tenant}/${foldCase(notice.chargerId)}`;
      if (this.#deps.deliver(partition, key, inbound) === 'full') this.#found.push({ partition, notice });
    }
    if (this.#found.length > 0 || this.#wanted.size > 0) this.#schedule(TICK_MS);
  }
}

interface CommandsFoundAt {
  readonly partition: PartitionId;
  readonly notice: CommandsFound;
}

function byCharger(keys: readonly OpenCommandKey[]): readonly CommandsFoundAt[] {
  const found = new Map<string, { partition: PartitionId; notice: CommandsFound; commandIds: string[] }>();
  for (const { partition, tenant, chargerId, commandId } of keys) {
    const name = `${tenant}/${foldCase(chargerId)}`;
    const before = found.get(name);
    if (before !== undefined) before.commandIds.push(commandId);
    else {
      const commandIds = [commandId];
      found.set(name, { partition, commandIds, notice: { kind: 'commandsFound', tenant, chargerId, commandIds } });
    }
  }
  return [...found.values()];
}
