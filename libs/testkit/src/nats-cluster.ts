/** Three (or more) real nats-servers with JetStream in one cluster on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type NatsServer, startNatsServer } from './nats-server.ts';

/** A cluster under a test's control. */
export interface NatsCluster {
  readonly servers: readonly NatsServer[];
  readonly urls: readonly string[];
  /** Name of the JetStream meta leader as some living server sees it (`n1`, `n2`, …), or undefined. */
  metaLeader(): Promise<string | undefined>;
  /** Stops all servers and removes their stores. */
  stop(): Promise<void>;
}

const READY_MS_MAX = 30_000;

/** Starts `count` servers named n1, n2, … and waits until they elected a JetStream leader. */
export async function startNatsCluster(count: number = 3): Promise<NatsCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'voltlane-nats-cluster-'));
  const routePorts: number[] = [];
  const httpPorts: number[] = [];
  for (let index = 0; index < count; index += 1) {
    routePorts.push(await freePort());
    httpPorts.push(await freePort());
  }
  const routes = routePorts.map((port) => `"nats-route://127.0.0.1:${port}"`).join(', ');
  const servers: NatsServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const metaLeader = async (): Promise<string | undefined> => {
    for (const port of httpPorts) {
      const leader = await leaderSeenBy(port, count);
      if (leader !== undefined) return leader;
    }
    return undefined;
  };
  try {
    for (let index = 0; index < count; index += 1) {
      const config = [
        `http: "127.0.0.1:${httpPorts[index]}"`,
        `cluster { name: test, listen: "127.0.0.1:${routePorts[index]}", routes: [${routes}] }`,
      ];
      const storeDir = await mkdtemp(join(folder, `n${index + 1}-`));
      servers.push(await startNatsServer({ storeDir, serverName: `n${index + 1}`, config: config.join('\n') }));
    }
    const deadlineMs = Date.now() + READY_MS_MAX;
    while ((await metaLeader()) === undefined) {
      if (Date.now() > deadlineMs) {
        const logs = servers.map((server) => server.logTail().slice(-1_000)).join('\n---\n');
        throw new Error(
          `no JetStream leader among ${count} servers within ${READY_MS_MAX} ms; their logs end:\n${logs}`,
        );
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, urls: servers.map((server) => server.url), metaLeader, stop };
}

async function leaderSeenBy(port: number, count: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/jsz`, { signal: AbortSignal.timeout(500) });
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null || !('meta_cluster' in body)) return undefined;
    const meta = body.meta_cluster;
    if (typeof meta !== 'object' || meta === null || !('leader' in meta) || !('cluster_size' in meta)) return undefined;
    return typeof meta.leader === 'string' && meta.leader !== '' && meta.cluster_size === count
      ? meta.leader
      : undefined;
  } catch {
    return undefined;
  }
}
