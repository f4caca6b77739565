/** How many processes a run needs, from the number of chargers and what the machine allows. Pure. */

import type { LoadTestOptions } from './options.ts';

/** Limits of the machine that matter here. */
export interface MachineLimits {
  /** File descriptors a process may have. */
  readonly descriptorsMax: number;
  readonly memoryAvailableBytes: number;
  readonly cores: number;
  /** Client ports for one source address and one destination. */
  readonly clientPorts: number;
  readonly diskAvailableBytes: number;
  /** How far below this process's own niceness a child's may be; 0 without the right to it. */
  readonly nicenessMin: number;
  /** Whether processes can be given a timer slack. */
  readonly hasTimerSlack: boolean;
}

/** How a run is laid out. */
export interface Sizing {
  readonly edges: number;
  readonly workers: number;
  readonly generators: number;
  /** Connections an edge takes. */
  readonly connectionsMax: number;
  /** Local addresses generators dial from; empty: one is enough. */
  readonly sources: readonly string[];
}

/** Descriptors of a process that are no connections: bus, listeners, files. */
export const OTHER_DESCRIPTORS = 100;
/** Chargers a process holds unless told otherwise: what a limit of 20,000 descriptors leaves, with room for an uneven spread. */
const CHARGERS_PER_PROCESS = 16_700;
/** Share of the client ports that is used before other source addresses are. */
const PORTS_USED_MAX = 0.9;

/** Lays a run out. */
export function sizeOf(options: LoadTestOptions, limits: MachineLimits): Sizing {
  const { chargers, scenario, target } = options;
  const perProcess = Math.max(
    1,
    Math.min(CHARGERS_PER_PROCESS, Math.floor((limits.descriptorsMax - OTHER_DESCRIPTORS) * 0.85)),
  );
  const wanted = Math.ceil(chargers / perProcess);
  const edges = options.edges ?? Math.max(scenario.edgesMin, wanted + scenario.spareEdges);
  const workers = options.workers ?? Math.max(scenario.workersMin, Math.min(2, limits.cores));
  const generators = typeof options.generators === 'number' ? options.generators : wanted;
  const connectionsMax = limits.descriptorsMax - OTHER_DESCRIPTORS;
  const destinations = target.length === 0 ? edges : target.length;
  const perDestination = chargers / destinations;
  const portsMax = limits.clientPorts * PORTS_USED_MAX;
  // A socket that chooses its address takes a port of it from all destinations, not from one; and looking for it gets dear, so
  // other addresses are only used where one is not enough.
  const sourceCount = perDestination <= portsMax ? 1 : Math.ceil(chargers / portsMax);
  const isLocal = target.every((url) => ['127.0.0.1', 'localhost'].includes(new URL(url).hostname));
  const sources =
    sourceCount > 1 && isLocal ? Array.from({ length: sourceCount }, (_, index) => `127.0.0.${index + 2}`) : [];
  return { edges, workers, generators, connectionsMax, sources };
}
