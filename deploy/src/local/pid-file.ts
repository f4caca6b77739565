/**
 * Notes of which processes a set has started, so that those left behind by a start that was killed (SIGKILL lets nobody clean up) can be
 * found and ended. A pid alone proves nothing, it may be somebody else's by now: the note holds when the process began, too.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@voltlane/time';

/** A process that still runs. */
export interface Leftover {
  readonly name: string;
  readonly pid: number;
}

const FOLDER = 'pids';
const END_MS_MAX = 30_000;
const POLL_MS = 50;

/** Where the note of a process is. */
export function pidFile(folder: string, name: string): string {
  return join(folder, FOLDER, name);
}

/** Notes a process that has just begun. */
export function notePid(file: string, pid: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${pid} ${beginningOf(pid) ?? ''}\n`);
}

/** Takes the note away. */
export function forgetPid(file: string): void {
  rmSync(file, { force: true });
}

/** Processes that were noted in this folder and still run. */
export function leftovers(folder: string): readonly Leftover[] {
  const notes = join(folder, FOLDER);
  if (!existsSync(notes)) return [];
  return readdirSync(notes).flatMap((name) => {
    const [pid = '', beginning = ''] = readFileSync(join(notes, name), 'utf8').trim().split(' ');
    return beginning !== '' && beginningOf(Number(pid)) === beginning ? [{ name, pid: Number(pid) }] : [];
  });
}

/** Ends them: SIGTERM, and SIGKILL for who does not end in time. */
export async function endLeftovers(folder: string): Promise<void> {
  for (const { pid } of leftovers(folder)) process.kill(pid, 'SIGTERM');
  const deadlineMs = systemClock.monotonicMs() + END_MS_MAX;
  while (leftovers(folder).length > 0) {
    if (systemClock.monotonicMs() > deadlineMs) for (const { pid } of leftovers(folder)) process.kill(pid, 'SIGKILL');
    // Not a sleep of the clock: nothing else keeps this process here.
    await wait(POLL_MS);
  }
}

/** When a process began, in ticks since the boot of the machine; undefined when there is none, or no /proc to ask. */
function beginningOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; behind it, the state is field 3 and the beginning field 22.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, whoever did not ask for its status.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
