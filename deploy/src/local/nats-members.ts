/** The NATS servers of a set: one cluster with JetStream on file. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalProcess } from './local-process.ts';
import type { LocalSetOptions, SetMember } from './member.ts';
import { HOST, processSpec, writeInto } from './member.ts';
import { natsConfig } from './nats-config.ts';

/** Lays them out. They must be started beside each other: each is ready when all have found together. */
export async function natsMembers({ folder, ports, binaries }: LocalSetOptions): Promise<readonly SetMember[]> {
  const command = binaries.nats;
  const version = (await promisify(execFile)(command, ['--version'])).stdout.trim();
  const routes = ports.nats.map(({ route }) => route);
  const members: SetMember[] = [];
  for (const [index, places] of ports.nats.entries()) {
    const name = `nats-${index + 1}`;
    const storeDir = join(folder, 'nats', name);
    const config = natsConfig({ name, ports: places, routes, storeDir, version });
    const args = ['-c', await writeInto(folder, `${name}.conf`, config)];
    const monitor = `http://${HOST}:${places.monitor}`;
    const ready = hasLeader(monitor, routes.length);
    members.push({
      process: new LocalProcess(processSpec(folder, { name, command, args, ready })),
      url: `nats://${HOST}:${places.client}`,
      metrics: `${monitor}/varz`,
    });
  }
  return members;
}

/** A `ready` of a server: the cluster is complete and JetStream has a leader, without which no stream can be made. */
function hasLeader(monitor: string, servers: number): () => Promise<void> {
  return async () => {
    const response = await fetch(`${monitor}/jsz`, { signal: AbortSignal.timeout(2_000) });
    const cluster = field(await response.json(), 'meta_cluster');
    const leader = field(cluster, 'leader');
    if (leader === undefined || leader === '') throw new Error('JetStream has no leader');
    const seen = Number(field(cluster, 'cluster_size') ?? 0);
    if (seen !== servers) throw new Error(`${seen} of ${servers} servers are in the cluster`);
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
