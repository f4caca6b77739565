/** The desk of a worker that is put together by hand: the real one, over the worker's own outbox. */
import type { Bus } from '@voltlane/bus';
import { type CommandStore, openCommandStore } from '@voltlane/commands';
import type { Metrics } from '@voltlane/telemetry';
import type { Clock } from '@voltlane/time';
import type { PartitionId } from '@voltlane/wire';
import { CommandAlarm } from '../../src/commands/command-alarm.ts';
import { CommandDesk } from '../../src/commands/command-desk.ts';
import { CommandLedger } from '../../src/commands/command-ledger.ts';
import { createCommandMetrics } from '../../src/commands/command-metrics.ts';
import type { Outbox } from '../../src/outbox.ts';

/** What it works with. */
export interface LoneDeskParts {
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly partition: PartitionId;
  /** Stands between the desk and the buckets. */
  readonly store?: (store: CommandStore) => CommandStore;
}

const NO_REQUESTS = { inFlight: 0, asks: 0, repeats: 0, unreached: 0, overloaded: 0 };

/** Makes it; nobody is woken. */
export async function loneDesk(parts: LoneDeskParts): Promise<CommandDesk> {
  const { bus, outbox, clock, metrics, partition } = parts;
  const kept = await openCommandStore(bus, { keepMs: 3_600_000 });
  const ledger = new CommandLedger();
  ledger.open(partition);
  return new CommandDesk({
    store: parts.store?.(kept) ?? kept,
    ledger,
    alarm: new CommandAlarm({ clock, deliver: () => 'accepted' }),
    outbox,
    clock,
    metrics: createCommandMetrics(metrics, { open: () => 0, front: () => NO_REQUESTS }),
    queueMax: 16,
    recheck: () => undefined,
  });
}
