/** Workers and an edge in the process of the test, on a memory bus whose faults the test decides; real sockets. */
import type { Bus, MemoryBroker, MemoryFaults } from '@voltlane/bus';
import { createMemoryBus, eventJournalOptions } from '@voltlane/bus';
import { loadConfig } from '@voltlane/config';
import { edge } from '@voltlane/edge';
import type { ProcessParts } from '@voltlane/launch';
import { startService } from '@voltlane/launch';
import type { HistoryRecord } from '@voltlane/testkit';
import { readHistory } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import { createSubjects } from '@voltlane/wire';
import { worker } from '@voltlane/worker';

/** What runs. */
export interface MemoryBrokerSet {
  readonly ocppUrl: string;
  /** Hands the partitions of one worker over to the others. */
  stopWorker(index: number): Promise<void>;
  history(): Promise<readonly HistoryRecord[]>;
  stop(): Promise<void>;
}

/** How to start it. */
export interface MemoryBrokerOptions {
  readonly faults?: MemoryFaults;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Names of the connections faults see: `worker0`, `worker1`, …, `edge`. */
export async function startMemoryBroker(options: MemoryBrokerOptions = {}): Promise<MemoryBrokerSet> {
  const random = createSeededRandom(11);
  const { faults } = options;
  const broker: MemoryBroker = createMemoryBus({
    clock: systemClock,
    random,
    ...(faults === undefined ? {} : { faults }),
  });
  const env = {
    VOLTLANE_PARTITIONS: '16',
    VOLTLANE_OCPP_PORT: '0',
    VOLTLANE_EDGE_HEALTH_PORT: '0',
    VOLTLANE_WORKER_HEALTH_PORT: '0',
    VOLTLANE_LOG_LEVEL: 'fatal',
    VOLTLANE_LOG_FORMAT: 'json',
    ...options.env,
  };
  const { config } = loadConfig(['edge', 'worker'], env, () => '');
  const partsOf = (name: string): ProcessParts => ({
    backplane: { kind: 'memory', connect: (): Promise<Bus> => Promise.resolve(broker.connect(name)) },
    clock: systemClock,
    random,
    instance: name,
    signal: new AbortController().signal,
  });
  const workers: { stop: () => Promise<void> }[] = [];
  for (let index = 0; index < (options.workers ?? 1); index += 1) {
    workers.push(await startService(worker, config, partsOf(`worker${index}`)));
  }
  const front = await startService(edge, config, partsOf('edge'));
  return {
    ocppUrl: front.running.ocppUrl,
    stopWorker: async (index) => {
      const [one] = workers.splice(index, 1);
      await one?.stop();
    },
    history: async () => {
      const subjects = createSubjects('');
      const journal = await broker.connect('history').journal(
        eventJournalOptions(subjects, {
          maxAgeMs: config.journalMaxAgeHours * 3_600_000,
          replicas: 1,
          storage: 'file',
          duplicateWindowMs: config.journalDuplicateWindowMs,
        }),
      );
      return readHistory(journal, subjects.eventFilter({}));
    },
    stop: async () => {
      await front.stop();
      for (const one of workers) await one.stop();
    },
  };
}
