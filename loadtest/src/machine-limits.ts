/** Asks the machine for its limits, and whether what a run needs is there. */

import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { constants, cpus, freemem, getPriority, setPriority, tmpdir } from 'node:os';
import { hasTimerSlack, natsServerBinary } from '@voltlane/testkit';
import { ephemeralPorts } from './free-ports.ts';
import type { LoadTestOptions } from './options.ts';
import type { MachineLimits } from './sizing.ts';

const DESCRIPTORS_USUAL = 1_024;
const REACH_MS_MAX = 3_000;

/** Limits of this machine and of this process, which its children inherit. */
export function machineLimits(): MachineLimits {
  const { low, high } = ephemeralPorts();
  const { bavail, bsize } = statfsSync(tmpdir());
  return {
    descriptorsMax: descriptorsMax(),
    memoryAvailableBytes: memoryAvailableBytes(),
    cores: cpus().length,
    clientPorts: high - low + 1,
    diskAvailableBytes: bavail * bsize,
    nicenessMin: nicenessMin(),
    hasTimerSlack: hasTimerSlack(),
    hasLoopbackNet: process.platform === 'linux',
  };
}

/** What is missing: a nats-server to start, or somebody at the addresses given. */
export async function missingParts(options: LoadTestOptions): Promise<readonly string[]> {
  const problems: string[] = [];
  if (options.target.length === 0) {
    try {
      await natsServerBinary();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  for (const url of [...options.target, ...options.nats]) {
    const { hostname, port } = new URL(url);
    const usual = url.startsWith('nats:') ? 4222 : 80;
    const why = await unreachable(hostname, port === '' ? usual : Number(port));
    if (why !== undefined) problems.push(`nobody answers at ${url} (${why})`);
  }
  return problems;
}

/** Node raises its own soft limit to the hard one, and so do its children. */
function descriptorsMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft = ''] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
    return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft);
  } catch {
    return Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || DESCRIPTORS_USUAL;
  }
}

function memoryAvailableBytes(): number {
  try {
    const [, kilobytes = ''] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return freemem();
  }
}

/** Found by trying, as it can come from a capability or from a limit, and `nice` goes on with a warning where it may not. */
function nicenessMin(): number {
  const own = getPriority();
  for (let niceness: number = constants.priority.PRIORITY_HIGHEST; niceness < own; niceness++) {
    try {
      setPriority(niceness);
    } catch {
      continue;
    }
    setPriority(own);
    return niceness - own;
  }
  return 0;
}

function unreachable(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    const end = (why: string | undefined): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(REACH_MS_MAX, () => end('no answer'));
    socket.once('error', (error) => end('code' in error ? String(error.code) : error.message));
    socket.once('connect', () => end(undefined));
  });
}
