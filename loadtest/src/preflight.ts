/** Everything that can be known to go wrong before anything is started, as sentences that say what to do. Pure. */

import type { LoadTestOptions } from './options.ts';
import type { MachineLimits, Sizing } from './sizing.ts';
import { OTHER_DESCRIPTORS } from './sizing.ts';
import { callsPerSecond, journalledShare } from './traffic.ts';

/** What a connection takes on its way, both ends and the kernel's buffers included; measured, rounded up. */
const BYTES = {
  generatorBase: 90e6,
  generatorCharger: 8_000,
  edgeBase: 110e6,
  edgeCharger: 13_000,
  workerBase: 120e6,
  workerCharger: 4_000,
  natsBase: 150e6,
  natsCharger: 3_000,
  kernelCharger: 10_000,
  recordOnDisk: 2_500,
} as const;

/** Records a charger leaves before the traffic: connected, booted, status; each twice, once as its newest. */
const FIRST_RECORDS = 6;

/** What is wrong; empty when the run can begin. */
export function preflightProblems(options: LoadTestOptions, sizing: Sizing, limits: MachineLimits): readonly string[] {
  return [
    ...contradictions(options),
    ...nicenessProblems(options, limits),
    ...timerSlackProblems(options, limits),
    ...descriptorProblems(options, sizing, limits),
    ...spaceProblems(options, sizing, limits),
  ];
}

/** Memory a run takes on this machine. */
export function memoryNeededBytes(options: LoadTestOptions, sizing: Sizing): number {
  const { chargers } = options;
  const generators =
    options.generators === 'remote' ? 0 : sizing.generators * BYTES.generatorBase + chargers * BYTES.generatorCharger;
  const broker =
    options.target.length > 0
      ? 0
      : sizing.edges * BYTES.edgeBase +
        sizing.workers * BYTES.workerBase +
        BYTES.natsBase +
        chargers * (BYTES.edgeCharger + BYTES.workerCharger + BYTES.natsCharger);
  return generators + broker + chargers * BYTES.kernelCharger;
}

function contradictions(options: LoadTestOptions): string[] {
  const { scenario, target, nats, journal, generators, agents, address } = options;
  const problems: string[] = [];
  const isOwn = target.length === 0;
  if (!isOwn && scenario.needsProcesses)
    problems.push(`scenario ${scenario.name} kills processes of the broker, so it cannot run against --target`);
  if (!isOwn && nats.length === 0 && journal)
    problems.push(
      'with --target, --nats <url> is needed to hold the journal against the chargers; or give --no-journal',
    );
  if (!isOwn && nats.length === 0 && scenario.needsNats)
    problems.push(`scenario ${scenario.name} sends commands over NATS: give --nats <url>`);
  if (isOwn && nats.length > 0) problems.push('--nats belongs to a running broker: give --target, too');
  if (!isOwn && (options.edges !== undefined || options.workers !== undefined))
    problems.push('--edges and --workers are for a broker that is started here, not for --target');
  const { edge, worker, nats: server, generator } = options.niceness;
  if (!isOwn && [edge, worker, server].some((niceness) => niceness !== undefined))
    problems.push('--nice for edge, worker and nats is for a broker that is started here, not for --target');
  if (generators === 'remote' && generator !== undefined)
    problems.push('--nice for generator is for generators that are started here, not for remote ones');
  if (isOwn && options.edges !== undefined && options.edges < scenario.edgesMin)
    problems.push(`scenario ${scenario.name} needs at least ${scenario.edgesMin} edges`);
  if (isOwn && options.workers !== undefined && options.workers < scenario.workersMin)
    problems.push(`scenario ${scenario.name} needs at least ${scenario.workersMin} workers`);
  if (generators === 'remote' && !isOwn && nats.length === 0)
    problems.push('remote generators are reached over NATS: give --nats <url>');
  if (generators !== 'remote' && agents !== 1) problems.push('--agents needs --generators remote');
  if (generators === 'remote' && isOwn && address === '127.0.0.1' && agents > 0) {
    // Allowed: agents on this machine are how it is tried out.
    return problems;
  }
  return problems;
}

function nicenessProblems({ niceness }: LoadTestOptions, { nicenessMin }: MachineLimits): string[] {
  return Object.entries(niceness).flatMap(([kind, wanted]) =>
    wanted < nicenessMin
      ? `--nice ${kind}=${wanted}: not below ${nicenessMin} without the right to it (CAP_SYS_NICE, or ulimit -e): run as root, or give less`
      : [],
  );
}

function timerSlackProblems({ natsTimerSlackUs, target }: LoadTestOptions, limits: MachineLimits): string[] {
  if (natsTimerSlackUs === 0) return [];
  if (target.length > 0) return ['--nats-timer-slack is for a nats-server that is started here, not for --target'];
  return limits.hasTimerSlack ? [] : ['--nats-timer-slack needs /proc/self/timerslack_ns, which this machine has not'];
}

function descriptorProblems(options: LoadTestOptions, sizing: Sizing, limits: MachineLimits): string[] {
  const problems: string[] = [];
  const fits = limits.descriptorsMax - OTHER_DESCRIPTORS;
  const perEdge = Math.ceil(options.chargers / sizing.edges);
  const perGenerator = Math.ceil(options.chargers / sizing.generators);
  const raise = `raise the limit (ulimit -n, now ${limits.descriptorsMax})`;
  if (options.target.length === 0 && perEdge > fits)
    problems.push(
      `${perEdge} chargers on each of ${sizing.edges} edges are more than ${fits} file descriptors: ${raise} or give more --edges`,
    );
  if (options.generators !== 'remote' && perGenerator > fits)
    problems.push(
      `${perGenerator} chargers in each of ${sizing.generators} generators are more than ${fits} file descriptors: ${raise} or give more --generators`,
    );
  const destinations = options.target.length === 0 ? sizing.edges : options.target.length;
  const ports = limits.clientPorts * Math.max(1, sizing.sources.length);
  const perDestination = Math.ceil(options.chargers / destinations);
  if (options.generators !== 'remote' && perDestination > ports)
    problems.push(
      `${perDestination} connections to one address are more than the ${ports} client ports of this machine: ` +
        'give more targets, or generators on more machines (--generators remote)',
    );
  return problems;
}

function spaceProblems(options: LoadTestOptions, sizing: Sizing, limits: MachineLimits): string[] {
  const problems: string[] = [];
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const memory = memoryNeededBytes(options, sizing);
  if (memory > limits.memoryAvailableBytes)
    problems.push(
      `${options.chargers} chargers take about ${gigabytes(memory)} of memory, ${gigabytes(limits.memoryAvailableBytes)} are available: ` +
        'give fewer --chargers, or generators on other machines (--generators remote)',
    );
  const journalled = callsPerSecond(options.traffic, options.chargers) * journalledShare(options.traffic);
  const records = options.chargers * FIRST_RECORDS + journalled * options.minutes * 60 * 2;
  const disk = records * BYTES.recordOnDisk;
  if (options.target.length === 0 && disk > limits.diskAvailableBytes)
    problems.push(
      `the journal will take up to ${gigabytes(disk)}, ${gigabytes(limits.diskAvailableBytes)} are free for temporary files: ` +
        'give fewer --minutes, or set TMPDIR to another disk',
    );
  return problems;
}
