/** Starts a service of the broker as a real process, and ends it the hard or the soft way. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { niced } from './niced.ts';
import { waitUntil } from './wait-until.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Whoever started services and ends takes them along. */
const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Flags of Node every service is run with, the same as in the scripts of package.json and in the image (docs/decisions/0014-flags-of-node.md). */
export const NODE_FLAGS: readonly string[] = [
  '--max-semi-space-size=2',
  '--initial-old-space-size=128',
  '--v8-pool-size=1',
  '--no-parallel-scavenge',
  '--no-allocation-site-pretenuring',
];

/** Flags of an edge, after those: of a flag that is there twice the last one counts. */
export const EDGE_FLAGS: readonly string[] = ['--max-semi-space-size=8'];

/** Flags of a worker, likewise. */
export const WORKER_FLAGS: readonly string[] = ['--max-semi-space-size=16', '--heap-growing-percent=100'];

/** All flags of Node a service is run with. */
export function nodeFlags(service: string): readonly string[] {
  if (service === 'edge') return [...NODE_FLAGS, ...EDGE_FLAGS];
  return service === 'worker' ? [...NODE_FLAGS, ...WORKER_FLAGS] : NODE_FLAGS;
}

/** Where compiled code is kept, as in the scripts of package.json: a service starts in half the CPU time. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled');

/** Services that have a main.ts. */
export type ServiceName = 'broker' | 'edge' | 'worker' | 'api' | 'virtual-charger';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running service. */
export interface ServiceProcess {
  readonly pid: number;
  /** Everything written to stdout and stderr so far. */
  output(): string;
  /** Sends a signal to this process only. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  readonly exited: Promise<ProcessExit>;
  /** SIGKILL and wait. */
  kill(): Promise<ProcessExit>;
  /** SIGTERM and wait. */
  stop(): Promise<ProcessExit>;
}

/** How to start one. */
export interface ServiceProcessOptions {
  readonly service: ServiceName;
  /** VOLTLANE_* settings; the rest of the environment is passed on without its own VOLTLANE_* names. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Extra arguments of node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
  /** URL of a readiness endpoint to wait for. */
  readonly readyUrl?: string;
  readonly readyTimeoutMs?: number;
  /** Runs what `npm run build` made, as the image does, instead of the sources; 30 MB less a process. */
  readonly compiled?: boolean;
  /** 1 to 19: how far it gives way to other processes; -1 to -20: goes before them; default 0. */
  readonly niceness?: number;
}

/** A process that takes the question and says nothing is asked again. */
const ANSWER_MS_MAX = 2_000;

/** Starts the service and, with `readyUrl`, waits until it says 200 there. */
export async function startService(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const env: Record<string, string> = { NODE_COMPILE_CACHE: COMPILED };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('VOLTLANE_')) env[name] = value;
  }
  const folder = join(ROOT, 'services', options.service);
  const main =
    options.compiled === true
      ? [join(folder, 'dist', 'main.js')]
      : ['--conditions=source', join(folder, 'src', 'main.ts')];
  const entry = main.at(-1) ?? '';
  if (!existsSync(entry)) throw new Error(`${entry} is missing: npm run build makes it`);
  const nodeArgs = [...nodeFlags(options.service), ...(options.nodeArgs ?? []), ...main, ...(options.args ?? [])];
  const [program, programArgs] = niced(process.execPath, nodeArgs, options.niceness ?? 0);
  const child = spawn(program, programArgs, { env: { ...env, ...options.env }, cwd: ROOT });
  const running = wrap(child);
  if (options.readyUrl !== undefined) await untilReady(running, options, options.readyUrl);
  return running;
}

async function untilReady(running: ServiceProcess, options: ServiceProcessOptions, url: string): Promise<void> {
  let gone: ProcessExit | undefined;
  void running.exited.then((exit) => {
    gone = exit;
  });
  try {
    await waitUntil(
      `${options.service} ready at ${url}`,
      async () => {
        if (gone !== undefined) return 'ended' as const;
        const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
        if (response.status === 200) return 'ready' as const;
        throw new Error(`${response.status} ${await response.text()}`);
      },
      { timeoutMs: options.readyTimeoutMs ?? 20_000 },
    );
  } catch (cause) {
    await running.kill();
    throw new Error(`${options.service} is not ready\n${running.output().slice(-4000)}`, { cause });
  }
  if (gone !== undefined) {
    throw new Error(`${options.service} ended with ${JSON.stringify(gone)} before it was ready\n${running.output()}`);
  }
}

function wrap(child: ChildProcess): ServiceProcess {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const running: ServiceProcess = {
    pid: child.pid ?? -1,
    output: () => output,
    signal: (signal) => void child.kill(signal),
    exited,
    kill: () => {
      child.kill('SIGKILL');
      return exited;
    },
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
  return running;
}
