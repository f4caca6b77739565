/**
 * The broker under test as real processes on this machine: one nats-server with JetStream on file, workers, edges with a port each.
 * Knows how to kill, stop and start them again on the same ports.
 */

import type { ServiceNode } from '@voltlane/testkit';
import { createServiceNode, startNatsServer } from '@voltlane/testkit';
import { LoadTestError } from './errors.ts';
import { portsFrom } from './free-ports.ts';

/** How many of each, and how they run. */
export interface BrokerSize {
  readonly edges: number;
  readonly workers: number;
  /** Address they listen on. */
  readonly address: string;
  /** Connections an edge takes. */
  readonly connectionsMax: number;
  /** Ports are taken from here upwards. */
  readonly portsFrom: number;
  /** More settings for edges and workers, as `VOLTLANE_…` names or `NODE_OPTIONS`. */
  readonly env: Readonly<Record<string, string>>;
  /** Run what `npm run build` made instead of the sources. */
  readonly compiled: boolean;
  /** Folder for CPU profiles of edges and workers, written when they end. */
  readonly profileDir: string | undefined;
  readonly niceness: Niceness;
  /** How late nats-server's threads may wake, µs; 0: as the kernel does. */
  readonly natsTimerSlackUs: number;
}

/** What a process is for. */
export type ProcessKind = 'edge' | 'worker' | 'nats' | 'generator';

/** How far processes of a kind give way to those of others, 1 to 19, or go before them, -1 to -20; absent is 0. */
export type Niceness = Readonly<Partial<Record<ProcessKind, number>>>;

/** A process to watch. */
export interface WatchedProcess {
  readonly kind: ProcessKind;
  readonly name: string;
  readonly pid: number;
  /** Text of its `/metrics`; undefined when it has none. */
  readonly metricsText: (() => Promise<string>) | undefined;
}

/** The processes under control. */
export interface BrokerProcesses {
  readonly natsUrl: string;
  /** One `ws://…/ocpp` for each edge. */
  readonly targets: readonly string[];
  readonly edges: readonly ServiceNode[];
  readonly workers: readonly ServiceNode[];
  /** What runs now. */
  processes(): readonly WatchedProcess[];
  /** SIGTERM to edges and workers; the journal can still be read. */
  stopServices(): Promise<void>;
  /** The same, then nats-server. */
  stop(): Promise<void>;
}

/** Starts everything and waits until it is ready. */
export async function startBrokerProcesses(
  size: BrokerSize,
  progress: (line: string) => void,
): Promise<BrokerProcesses> {
  const { edges: edgeCount, workers: workerCount, address, env } = size;
  progress(`starting nats-server, ${workerCount} workers, ${edgeCount} edges`);
  const ports = await portsFrom(size.portsFrom, address, 1 + workerCount + 2 * edgeCount);
  const port = (): number => {
    const next = ports.shift();
    if (next === undefined) throw new LoadTestError('no-ports', 'more ports were wanted than were found');
    return next;
  };
  const { niceness, natsTimerSlackUs: timerSlackUs } = size;
  const nats = await startNatsServer({ host: address, port: port(), niceness: niceness.nats ?? 0, timerSlackUs });
  const settings = {
    VOLTLANE_NATS_URL: nats.url,
    VOLTLANE_CHARGERS: 'open',
    VOLTLANE_LOG_LEVEL: 'warn',
    VOLTLANE_CONNECTIONS_MAX: String(size.connectionsMax),
    ...env,
  };
  const nodes: ServiceNode[] = [];
  const node = async (service: 'edge' | 'worker', index: number): Promise<ServiceNode> => {
    const name = `${service} ${index}`;
    const own = service === 'edge' ? { ocpp: port(), health: port() } : { ocpp: 0, health: port() };
    const nodeArgs = profileArguments(size.profileDir, name);
    const { compiled } = size;
    const made = await createServiceNode({
      service,
      name,
      env: settings,
      host: address,
      ports: own,
      nodeArgs,
      compiled,
      niceness: niceness[service] ?? 0,
    });
    nodes.push(made);
    return made;
  };
  const workers: ServiceNode[] = [];
  const edges: ServiceNode[] = [];
  const stopServices = async (): Promise<void> => {
    await Promise.all(edges.map((edge) => edge.stop()));
    await Promise.all(workers.map((worker) => worker.stop()));
  };
  const stop = async (): Promise<void> => {
    await stopServices();
    await nats.stop();
  };
  try {
    for (let index = 1; index <= workerCount; index += 1) workers.push(await node('worker', index));
    for (let index = 1; index <= edgeCount; index += 1) edges.push(await node('edge', index));
    // The first worker creates streams and buckets.
    for (const worker of workers) await worker.start();
    await Promise.all(edges.map((edge) => edge.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    natsUrl: settings.VOLTLANE_NATS_URL,
    targets: edges.map(({ ocppUrl }) => ocppUrl),
    edges,
    workers,
    processes: () => [
      ...edges.map((edge) => watched('edge', edge)),
      ...workers.map((worker) => watched('worker', worker)),
      { kind: 'nats', name: 'nats-server', pid: nats.pid(), metricsText: undefined },
    ],
    stopServices,
    stop,
  };
}

function watched(kind: 'edge' | 'worker', node: ServiceNode): WatchedProcess {
  return { kind, name: node.name, pid: node.pid(), metricsText: () => node.metricsText() };
}

function profileArguments(directory: string | undefined, name: string): readonly string[] {
  if (directory === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name.replace(' ', '-')}.cpuprofile`];
}
