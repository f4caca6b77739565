/**
 * Where the processor time of the whole machine went, by the kernel's accounting. What the host of a virtual machine gives to others is in
 * no process's figures: they only seem to wait longer.
 */

import { readFileSync } from 'node:fs';

/** Ticks of 10 ms of all cores since the machine started; only differences say something. */
export interface MachineTime {
  readonly totalTicks: number;
  /** Nobody had anything to do, or all waited for a disk. */
  readonly idleTicks: number;
  /** There was something to do, and the host gave the core to somebody else. */
  readonly stolenTicks: number;
}

/** Zero at the beginning of a sum. */
export function noMachineTime(): MachineTime {
  return { totalTicks: 0, idleTicks: 0, stolenTicks: 0 };
}

/** What passed between two readings. */
export function machineTimeBetween(before: MachineTime, after: MachineTime): MachineTime {
  return {
    totalTicks: after.totalTicks - before.totalTicks,
    idleTicks: after.idleTicks - before.idleTicks,
    stolenTicks: after.stolenTicks - before.stolenTicks,
  };
}

/** Of several times together. */
export function machineTimeSum(times: readonly MachineTime[]): MachineTime {
  const sum = (read: (time: MachineTime) => number): number => times.reduce((total, time) => total + read(time), 0);
  return {
    totalTicks: sum(({ totalTicks }) => totalTicks),
    idleTicks: sum(({ idleTicks }) => idleTicks),
    stolenTicks: sum(({ stolenTicks }) => stolenTicks),
  };
}

/** Shares of the processor time of some seconds, percent of all cores. */
export interface MachineShares {
  readonly idlePercent: number;
  readonly stolenPercent: number;
}

/** Reads the text of `/proc/stat` (proc(5)). */
export function machineTimeOf(text: string): MachineTime {
  const [, fields = ''] = /^cpu +([\d ]+)$/m.exec(text) ?? [];
  // user, nice, system, idle, iowait, irq, softirq, steal; guest time, which follows, is in user already.
  const ticks = fields.split(' ').slice(0, 8).map(Number);
  return {
    totalTicks: ticks.reduce((sum, each) => sum + each, 0),
    idleTicks: (ticks[3] ?? 0) + (ticks[4] ?? 0),
    stolenTicks: ticks[7] ?? 0,
  };
}

/** Until now. */
export function machineTime(): MachineTime {
  return machineTimeOf(readFileSync('/proc/stat', 'utf8'));
}

/** Of a time that passed. */
export function machineShares({ totalTicks, idleTicks, stolenTicks }: MachineTime): MachineShares {
  const percent = (ticks: number): number => (ticks / Math.max(1, totalTicks)) * 100;
  return { idlePercent: percent(idleTicks), stolenPercent: percent(stolenTicks) };
}
