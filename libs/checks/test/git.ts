/** Asks git about this repository. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../src/tool.ts';

/** Standard output of a git command. */
export async function runGit(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', [...args], { cwd: ROOT, maxBuffer: 67_108_864 });
  return stdout;
}
