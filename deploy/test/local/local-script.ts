/** deploy/local.sh as an operator runs it: a start that stays in front, and orders from another terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, waitUntil } from '@voltlane/testkit';
import { planPorts, portsOf, takenPorts } from '../../src/local/port-plan.ts';

export const ROOT: string = resolve(import.meta.dirname, '../../..');
const SCRIPT = join(ROOT, 'deploy/local.sh');
const READY_MS_MAX = 200_000;
const LARGEST = { edges: 10, workers: 10 };

/** A command that runs or has run. */
export interface Command {
  readonly child: ChildProcess;
  output(): string;
  readonly exited: Promise<number | null>;
}

/** Runs a program from the top of the repository. */
export function run(program: string, ...args: readonly string[]): Command {
  const child = spawn(program, [...args], { cwd: ROOT });
  const kill = (): boolean => child.kill('SIGTERM');
  process.once('exit', kill);
  let output = '';
  const keep = (text: Buffer): void => {
    output += text.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<number | null>((done) => {
    // Not `exit`: what was written last may come after it.
    child.once('close', (code) => {
      process.off('exit', kill);
      done(code);
    });
  });
  return { child, output: () => output, exited };
}

/** The script. */
export const local = (...args: readonly string[]): Command => run(SCRIPT, ...args);

/** First of as many free ports as the largest set takes. */
export async function freePortBlock(): Promise<number> {
  for (;;) {
    const first = await freePort();
    if ((await takenPorts(portsOf(planPorts(LARGEST, first)))).length === 0) return first;
  }
}

/** A started set. */
export interface ScriptedSet {
  readonly folder: string;
  /** First of its ports. */
  readonly first: number;
  /** Where chargers connect. */
  readonly ocppUrl: string;
  readonly natsUrls: readonly string[];
  readonly prometheusUrl: string;
  /** Gives an order and expects it to be carried out; resolves to what it printed. */
  order(...args: readonly string[]): Promise<string>;
  /** Process ids by name, of those that run. */
  pids(): Promise<ReadonlyMap<string, number>>;
  /** What the start has printed. */
  output(): string;
  log(name: string): string;
  /** SIGKILL to the start only. */
  kill(): Promise<number | null>;
  /** SIGTERM to the start; resolves to its exit status. */
  stop(): Promise<number | null>;
  remove(): void;
}

/** Starts one in a folder of its own and waits until it says that it is ready. */
export async function startScriptedSet(...args: readonly string[]): Promise<ScriptedSet> {
  const folder = mkdtempSync(join(tmpdir(), 'voltlane-local-'));
  const first = await freePortBlock();
  const started = local('--dir', folder, '--ports-from', String(first), ...args);
  const ports = planPorts({ edges: 1, workers: 1 }, first);
  await waitUntil(
    'the set is ready',
    () => {
      if (started.child.exitCode !== null) throw new Error(started.output());
      return started.output().includes('ready; Ctrl-C ends it');
    },
    { timeoutMs: READY_MS_MAX },
  );
  const order = async (...what: readonly string[]): Promise<string> => {
    const command = local(...what, '--dir', folder);
    const status = await command.exited;
    if (status !== 0) throw new Error(`${what.join(' ')}: ${status}\n${command.output()}\n${started.output()}`);
    return command.output();
  };
  return {
    folder,
    first,
    ocppUrl: `ws://127.0.0.1:${ports.balancer}/ocpp`,
    natsUrls: ports.nats.map(({ client }) => `nats://127.0.0.1:${client}`),
    prometheusUrl: `http://127.0.0.1:${ports.prometheus}`,
    order,
    pids: async () => {
      const table = await order('status');
      return new Map([...table.matchAll(/^(\S+) +(\d+)/gm)].map(([, name = '', pid]) => [name, Number(pid)]));
    },
    output: () => started.output(),
    log: (name) => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8'),
    kill: () => {
      started.child.kill('SIGKILL');
      return started.exited;
    },
    stop: () => {
      started.child.kill('SIGTERM');
      return started.exited;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** True while a process has this id and has not ended; who was left behind may wait long for somebody to ask how it ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
