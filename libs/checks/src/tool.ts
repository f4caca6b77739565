/** Runs a command-line tool of the toolchain and hands back what it said. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a tool came to. */
export interface ToolResult {
  readonly code: number | null;
  /** Standard output and standard error together. */
  readonly output: string;
}

/** Root folder of the repository. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Commands that are not in node_modules/.bin: this very node, and the npm that came with the machine. */
const OUTSIDE: Readonly<Record<string, string>> = { node: process.execPath, npm: 'npm' };

/** Runs a tool from node_modules/.bin, or one of `OUTSIDE`. */
export function runTool(name: string, args: readonly string[], folder: string = ROOT): Promise<ToolResult> {
  const command = OUTSIDE[name] ?? `${ROOT}node_modules/.bin/${name}`;
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const { promise, resolve, reject } = Promise.withResolvers<ToolResult>();
  child.once('error', reject);
  child.once('close', (code) => resolve({ code, output }));
  return promise;
}
