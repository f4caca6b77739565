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
  /** Whether all of 127.0.0.0/8 is this machine, as on Linux. */
  readonly hasLoopbackNet: boolean;
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
/**
 * Share of the client ports that connections to one destination take before they come from more addresses. Linux looks for a free
 * port among the half of one parity first: a connection is 40 µs up to 14,000 of 28,232, and 700 above.
 */
const PORTS_SHARE_OF_DESTINATION = 0.4;
/**
 * Share of the ports of an address that is dialed from. There a port is taken from all destinations, and Linux looks among a quarter
 * first: 40 µs up to 7,000, 1,000 to 3,800 above. Half of that, as a port that was closed by the charger stays taken for a minute.
 */
const PORTS_SHARE_OF_SOURCE = 1 / 8;

/** Lays a run out. */
export function sizeOf(options: LoadTestOptions, limits: MachineLimits): Sizing {
  const { chargers, scenario } = options;
  const perProcess = Math.max(
    1,
    Math.min(CHARGERS_PER_PROCESS, Math.floor((limits.descriptorsMax - OTHER_DESCRIPTORS) * 0.85)),
  );
  const wanted = Math.ceil(chargers / perProcess);
  const edges = options.edges ?? Math.max(scenario.edgesMin, wanted + scenario.spareEdges);
  const workers = options.workers ?? Math.max(scenario.workersMin, Math.min(2, limits.cores));
  const generators = typeof options.generators === 'number' ? options.generators : wanted;
  const connectionsMax = limits.descriptorsMax - OTHER_DESCRIPTORS;
  const sources = sourcesOf(options, edges, limits);
  return { edges, workers, generators, connectionsMax, sources };
}

function sourcesOf(options: LoadTestOptions, edges: number, limits: MachineLimits): string[] {
  const { chargers, target, address } = options;
  const perDestination = chargers / (target.length === 0 ? edges : target.length);
  if (perDestination <= limits.clientPorts * PORTS_SHARE_OF_DESTINATION) return [];
  const hosts = target.length === 0 ? [address] : target.map((url) => new URL(url).hostname);
  // Not localhost: it may be ::1, which cannot be dialed from 127.0.0.0/8.
  const isLocal = options.generators !== 'remote' && hosts.every((host) => host.startsWith('127.'));
  if (!isLocal || !limits.hasLoopbackNet) return [];
  const count = Math.ceil(chargers / (limits.clientPorts * PORTS_SHARE_OF_SOURCE));
  return Array.from({ length: count }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
}
