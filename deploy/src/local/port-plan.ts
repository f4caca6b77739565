/**
 * Which port each process of a set has: fixed places above one first port, so that a second start has the addresses of the first and
 * no process finds its port taken by a client of this machine. Pure but for `takenPorts`.
 */
import { createServer } from 'node:net';
import { DeployError } from '../errors.ts';

/** How many of each. */
export interface SetSize {
  readonly edges: number;
  readonly workers: number;
}

/** Ports of one NATS server. */
export interface NatsPorts {
  readonly client: number;
  readonly route: number;
  /** Its own figures, as JSON. */
  readonly monitor: number;
}

/** All ports of a set. */
export interface PortPlan {
  /** Where chargers connect. */
  readonly balancer: number;
  readonly balancerPage: number;
  readonly api: number;
  readonly prometheus: number;
  readonly nats: readonly NatsPorts[];
  readonly edges: readonly { readonly ocpp: number; readonly health: number }[];
  readonly workers: readonly { readonly health: number }[];
}

/** NATS servers of a set: the fewest that keep a majority while one is away. */
export const NATS_SERVERS = 3;
/** Most edges, and most workers: as many ports are kept for each. */
export const PROCESSES_MAX = 10;
/** From the first port of a set to the last one. */
const SPAN = 50;
const PORT_MAX = 65_535;

/** Ports from `first` upwards. */
export function planPorts({ edges, workers }: SetSize, first: number): PortPlan {
  if (first + SPAN > PORT_MAX)
    throw new DeployError('bad-options', `--ports-from ${first} leaves no room for ${SPAN} ports`);
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  return {
    balancer: first,
    balancerPage: first + 1,
    api: first + 2,
    prometheus: first + 3,
    nats: numbers(NATS_SERVERS).map((n) => ({
      client: first + 10 + n,
      route: first + 13 + n,
      monitor: first + 16 + n,
    })),
    edges: numbers(edges).map((n) => ({ ocpp: first + 20 + n, health: first + 30 + n })),
    workers: numbers(workers).map((n) => ({ health: first + 40 + n })),
  };
}

/** Every port of a plan. */
export function portsOf({
  balancer,
  balancerPage,
  api,
  prometheus,
  nats,
  edges,
  workers,
}: PortPlan): readonly number[] {
  return [
    balancer,
    balancerPage,
    api,
    prometheus,
    ...nats.flatMap(({ client, route, monitor }) => [client, route, monitor]),
    ...edges.flatMap(({ ocpp, health }) => [ocpp, health]),
    ...workers.map(({ health }) => health),
  ];
}

/** Those of `ports` somebody listens on. */
export async function takenPorts(ports: readonly number[]): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const port of ports) if (!(await isFree(port))) taken.push(port);
  return taken;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
