/** Asks git about this repository. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../src/tool.ts';

/** Paths from the root of all files that are or will be under version control; `patterns` (git's pathspecs) narrows them down. */
export async function trackedPaths(...patterns: readonly string[]): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const { stdout } = await promisify(execFile)('git', args, { cwd: ROOT, maxBuffer: 67_108_864 });
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}
