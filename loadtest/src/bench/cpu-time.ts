/** CPU time of a process by the kernel's own accounting. */
import { readFileSync } from 'node:fs';

/** Kernel clock ticks per second; 100 on every Linux this runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** User plus system CPU time of a process since its start, µs. Resolution 10 ms: measure over seconds. */
export function cpuTimeUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Field 2 is the name in brackets and may hold spaces; fields 14 and 15 are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return (ticks * 1_000_000) / TICKS_PER_SECOND;
}

/** Resident memory of a process, bytes. */
export interface ResidentMemory {
  readonly totalBytes: number;
  /** Of these pages of files, above all of the program itself, which all processes that run it share. */
  readonly fileBytes: number;
}

/** What a process has in memory now. */
export function residentMemory(pid: number): ResidentMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (line: RegExp): number => Number(line.exec(status)?.[1] ?? 0) * 1024;
  return { totalBytes: bytes(/^VmRSS:\s+(\d+) kB$/m), fileBytes: bytes(/^RssFile:\s+(\d+) kB$/m) };
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid: number): number {
  return residentMemory(pid).totalBytes;
}
