/** What the figures were measured on. */

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { natsServerBinary } from './debian-binary.ts';

/** Machine and versions. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly natsServer: string;
  readonly loadAverage: readonly number[];
}

/** Asks the machine. */
export async function machineFacts(): Promise<MachineFacts> {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown CPU',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_073_741_824),
    node: process.version,
    natsServer: execFileSync(await natsServerBinary(), ['--version'], { encoding: 'utf8' }).trim(),
    loadAverage: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}
