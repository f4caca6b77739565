/** Real worker processes on a real nats-server, seen from a bus client. */

import type { Claim } from '@voltlane/actors';
import { CLAIMS_BUCKET, decodeClaim } from '@voltlane/actors';
import type { Bus, Journal } from '@voltlane/bus';
import { connectNats, eventJournalOptions } from '@voltlane/bus';
import type { NatsServer, ServiceProcess } from '@voltlane/testkit';
import { freePort, startNatsServer, startService, waitUntil } from '@voltlane/testkit';
import { systemClock } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import { createSubjects, workerId } from '@voltlane/wire';

/** A worker process and the id it gave itself. */
export interface WorkerProcess {
  readonly process: ServiceProcess;
  readonly id: string;
}

export interface WorkerSet {
  /** Of the nats-server, for clients that are not ours. */
  readonly url: string;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly subjects: Subjects;
  readonly workers: WorkerProcess[];
  /** Starts one more and waits until it is ready. */
  add(): Promise<WorkerProcess>;
  /** The claims as they stand. */
  readonly claims: ReadonlyMap<number, Claim>;
  /** Partitions held by a worker. */
  heldBy(id: string): readonly number[];
  /** Waits until every claim is held by one of the running workers and each of them holds some. */
  settled(): Promise<void>;
  forget(worker: WorkerProcess): void;
  stop(): Promise<void>;
}

export async function startWorkerSet(
  partitions: number,
  count: number,
  env: Record<string, string> = {},
): Promise<WorkerSet> {
  const server: NatsServer = await startNatsServer();
  const subjects = createSubjects('');
  const bus = await connectNats({ urls: server.url, name: 'edge-player', clock: systemClock });
  const journal = await bus.journal(
    eventJournalOptions(subjects, {
      maxAgeMs: 168 * 3_600_000,
      replicas: 1,
      storage: 'file',
      duplicateWindowMs: 600_000,
    }),
  );
  const claims = new Map<number, Claim>();
  const bucket = await bus.keyValue({ bucket: CLAIMS_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  await bucket.watch('>', ({ key, value }) => {
    if (value !== undefined) claims.set(Number(key.slice(2)), decodeClaim(value));
  });
  const workers: WorkerProcess[] = [];

  const add = async (): Promise<WorkerProcess> => {
    const port = await freePort();
    const process = await startService({
      service: 'worker',
      env: {
        VOLTLANE_NATS_URL: server.url,
        VOLTLANE_PARTITIONS: String(partitions),
        VOLTLANE_CHARGERS: 'open',
        VOLTLANE_AUTHORIZE: 'open',
        VOLTLANE_WORKER_HEALTH_PORT: String(port),
        VOLTLANE_LOG_FORMAT: 'json',
        ...env,
      },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
    const id = /"worker":"(w-[a-z0-9]+)"/.exec(process.output())?.[1];
    if (id === undefined) throw new Error(`no worker id in\n${process.output()}`);
    const worker = { process, id: workerId(id) };
    workers.push(worker);
    return worker;
  };
  const set: WorkerSet = {
    url: server.url,
    bus,
    journal,
    subjects,
    workers,
    add,
    claims,
    heldBy: (id) => [...claims].filter(([, claim]) => claim.worker === id).map(([partition]) => partition),
    settled: async () => {
      await waitUntil(
        'all claims held by running workers, and each holds some',
        () => {
          const holders = new Set([...claims.values()].map((claim) => claim.worker ?? 'nobody'));
          const running = workers.map((worker) => worker.id);
          return (
            claims.size === partitions &&
            holders.size === running.length &&
            running.every((id) => holders.has(workerId(id)))
          );
        },
        { timeoutMs: 15_000 },
      );
    },
    forget: (worker) => {
      workers.splice(workers.indexOf(worker), 1);
    },
    stop: async () => {
      for (const worker of workers) worker.process.signal('SIGCONT');
      await Promise.all(workers.map((worker) => worker.process.kill()));
      await bus.close();
      await server.stop();
    },
  };
  for (let index = 0; index < count; index += 1) await add();
  return set;
}

/** The value below which `share` of `values` lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
