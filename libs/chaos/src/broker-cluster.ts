/**
 * The whole broker under test: NATS servers in one cluster, edges and workers as processes, and an observer of who owns what.
 * Knows how to tell that everything is well again.
 */

import type { NatsCluster, ServiceNode } from '@voltlane/testkit';
import { createServiceNode, startNatsCluster, waitUntil } from '@voltlane/testkit';
import type { Observer } from './observer.ts';
import { startObserver } from './observer.ts';

/** How many of each. */
export interface ClusterSize {
  readonly edges: number;
  readonly workers: number;
  readonly nats: number;
}

/** A worker process and the id it has taken. */
export interface WorkerNode extends ServiceNode {
  /** Id of the present process in the bucket of members. */
  workerId(): string;
}

/** The cluster. */
export interface BrokerCluster {
  readonly nats: NatsCluster;
  readonly edges: readonly ServiceNode[];
  readonly workers: readonly WorkerNode[];
  readonly observer: Observer;
  /** Resolves when every process is ready, every partition is claimed by a living worker and every copy of the journal is current. */
  healthy(): Promise<void>;
  stop(): Promise<void>;
}

/** Longest time until all is well after the end of a fault, ms. */
const HEALTHY_MS_MAX = 90_000;
/** Claims must have stood still for this long, ms. */
const CLAIMS_QUIET_MS = 1_500;

/** Starts everything; workers one by one, so that each id can be told. */
export async function startBrokerCluster(size: ClusterSize, progress: (line: string) => void): Promise<BrokerCluster> {
  progress(`starting ${size.nats} NATS servers, ${size.workers} workers, ${size.edges} edges`);
  const nats = await startNatsCluster(size.nats);
  const replicas = Math.min(3, size.nats);
  const env = {
    VOLTLANE_NATS_URL: nats.urls.join(','),
    VOLTLANE_NATS_REPLICAS: String(replicas),
    VOLTLANE_CHARGERS: 'open',
    VOLTLANE_LOG_LEVEL: 'warn',
  };
  const started: ServiceNode[] = [];
  let observer: Observer | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((node) => node.stop()));
    await observer?.close();
    await nats.stop();
  };
  try {
    const workers: WorkerNode[] = [];
    for (let index = 1; index <= size.workers; index += 1) {
      const node = await createServiceNode({ service: 'worker', name: `worker ${index}`, env });
      started.push(node);
      if (observer === undefined) {
        // The first worker creates streams and buckets; nobody can look before.
        await node.start();
        observer = await startObserver(nats.urls, replicas);
        workers.push(await withId(node, observer));
      } else {
        const worker = await withId(node, observer);
        await worker.start();
        workers.push(worker);
      }
    }
    const edges: ServiceNode[] = [];
    for (let index = 1; index <= size.edges; index += 1) {
      const node = await createServiceNode({ service: 'edge', name: `edge ${index}`, env });
      started.push(node);
      await node.start();
      edges.push(node);
    }
    if (observer === undefined) throw new Error('a cluster has at least one worker');
    const parts = { nats, edges, workers, observer };
    return { ...parts, healthy: () => untilHealthy(parts), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Follows which id each process of a worker takes: the one that appears while it starts. */
async function withId(node: ServiceNode, observer: Observer): Promise<WorkerNode> {
  let id = '';
  const adopt = async (known: ReadonlySet<string>): Promise<void> => {
    id = await waitUntil(`${node.name} among the members`, () =>
      [...observer.members()].find((member) => !known.has(member)),
    );
  };
  if (await node.ready()) await adopt(new Set());
  return {
    ...node,
    workerId: () => id,
    start: async () => {
      const known = new Set(observer.members());
      await node.start();
      await adopt(known);
    },
  };
}

async function untilHealthy(cluster: Omit<BrokerCluster, 'healthy' | 'stop'>): Promise<void> {
  const { observer, workers, edges } = cluster;
  await waitUntil(
    'all processes ready, all partitions claimed, all copies current',
    async () => {
      for (const node of [...workers, ...edges])
        if (!(await node.ready())) throw new Error(`${node.name} is not ready`);
      const living = new Set(workers.map((worker) => worker.workerId()));
      const orphans = observer.unclaimed(living);
      if (orphans > 0) throw new Error(`${orphans} partitions without a living owner`);
      const quietMs = observer.claimsQuietMs();
      if (quietMs < CLAIMS_QUIET_MS) throw new Error(`claims moved ${Math.round(quietMs)} ms ago`);
      const lagging = await observer.laggingCopies();
      if (lagging !== undefined) throw new Error(lagging);
      return true;
    },
    { timeoutMs: HEALTHY_MS_MAX, everyMs: 100 },
  );
}
