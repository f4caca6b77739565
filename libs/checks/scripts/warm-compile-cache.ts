/**
 * Before tests that start real processes: loads the broker once and lets it exit. What it compiled is kept in NODE_COMPILE_CACHE, and
 * the processes that follow start in half the CPU time (measured: 0.7 s instead of 1.3). A process that is killed keeps nothing.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../../../services/broker/src/main.ts', import.meta.url));

/** Run by vitest before the first test of a project. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['--conditions=source', main, '--check-config']);
}
