/** The command blocks of a Markdown file, and how a test runs one in a shell. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { natsServerBinary, waitUntil } from '@voltlane/testkit';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Texts of all ```sh blocks, in order. */
export function shellBlocks(file: string): readonly string[] {
  const text = readFileSync(`${ROOT}${file}`, 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block?.trim() ?? '');
}

/** A block that is running in a shell of its own process group. */
export interface RunningBlock {
  output(): string;
  readonly exited: Promise<number | null>;
  /** SIGTERM to the whole group, as Ctrl-C would reach it; resolves when its last process is gone, which may be long after its shell. */
  end(): Promise<void>;
}

/** Runs a block from the top of the repository, with nats-server in the PATH as the README asks for it. */
export async function runBlock(block: string, env: Readonly<Record<string, string>>): Promise<RunningBlock> {
  const path = `${dirname(await natsServerBinary())}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn('sh', ['-c', block], { cwd: ROOT, env: { ...process.env, PATH: path, ...env }, detached: true });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    output: () => output,
    exited,
    end: async () => {
      const { pid } = child;
      if (pid === undefined || !signalled(pid, 'SIGTERM')) return;
      await exited;
      await waitUntil('the last process of a block to be gone', () => !signalled(pid, 0), { timeoutMs: GONE_MS_MAX });
    },
  };
}

/** A broker that loses its bus while it stops gives up after its 25 s. */
const GONE_MS_MAX = 40_000;

/** Signals the group of a shell; false when it is gone. */
function signalled(pid: number, signal: 'SIGTERM' | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
