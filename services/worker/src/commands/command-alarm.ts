/**
 * Wakes the actors of chargers with open commands when something is due there, whether they are in memory or not. One entry per charger,
 * one sweep for all; what is due is told to the actor as a notice and decided in its turn.
 */
import type { Delivery } from '@voltlane/actors';
import { type CancelTimer, type Clock, Deadlines } from '@voltlane/time';
import { type ChargerAddress, foldCase, type PartitionId } from '@voltlane/wire';
import type { CommandsDue, Inbound } from '../charger-actor.ts';

/** What the alarm works with. */
export interface CommandAlarmDependencies {
  readonly clock: Clock;
  readonly deliver: (partition: PartitionId, key: string, inbound: Inbound) => Delivery;
}

interface Sleeper extends ChargerAddress {
  readonly partition: PartitionId;
}

const SWEEP_MS = 50;
/** A full mailbox, or a host that is full: tried again. */
const AGAIN_MS = 500;
const NOTICE_BUDGET_MS = 10_000;

/** The alarm of one worker. */
export class CommandAlarm {
  readonly #deps: CommandAlarmDependencies;
  readonly #deadlines = new Deadlines<string>(SWEEP_MS);
  readonly #sleepers = new Map<string, Sleeper>();
  #stopSweep: CancelTimer | undefined;

  constructor(deps: CommandAlarmDependencies) {
    this.#deps = deps;
  }

  /** Nobody is told any more. */
  stop(): void {
    this.#sleepers.clear();
    this.#rest();
  }

  /** Chargers with an alarm. */
  get size(): number {
    return this.#sleepers.size;
  }

  /** The actor of `charger` is told at `atMs` (monotonic); undefined: not at all. The newest word counts. */
  set(charger: Sleeper, atMs: number | undefined): void {
    const key = keyOf(charger);
    if (atMs === undefined) {
      if (this.#sleepers.delete(key)) this.#deadlines.delete(key);
      return;
    }
    const { partition, tenant, chargerId } = charger;
    this.#sleepers.set(key, { partition, tenant, chargerId });
    this.#deadlines.add(key, atMs);
    this.#stopSweep ??= this.#deps.clock.every(SWEEP_MS, () => this.#sweep());
  }

  /** The partition is somebody else's. */
  close(partition: PartitionId): void {
    for (const [key, sleeper] of this.#sleepers) {
      if (sleeper.partition !== partition) continue;
      this.#sleepers.delete(key);
      this.#deadlines.delete(key);
    }
  }

  #sweep(): void {
    if (this.#sleepers.size === 0) {
      this.#rest();
      return;
    }
    const nowMs = this.#deps.clock.monotonicMs();
    for (const key of this.#deadlines.sweep(nowMs)) {
      const sleeper = this.#sleepers.get(key);
      if (sleeper === undefined) continue;
      this.#sleepers.delete(key);
      if (this.#tell(sleeper, nowMs) === 'full') this.set(sleeper, nowMs + AGAIN_MS);
    }
  }

  /** A worker without open commands sweeps nothing. */
  #rest(): void {
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  #tell({ partition, tenant, chargerId }: Sleeper, arrivedMs: number): Delivery {
    const uplink: CommandsDue = { kind: 'commandsDue', tenant, chargerId };
    const inbound = { uplink, partition, reply: '', deadlineMs: arrivedMs + NOTICE_BUDGET_MS, arrivedMs };
    return this.#deps.deliver(partition, `${tenant}/${foldCase(chargerId)}`, inbound);
  }
}

function keyOf({ partition, tenant, chargerId }: Sleeper): string {
  return `${partition}/${tenant}/${foldCase(chargerId)}`;
}
