/** The commands of deploy/local.sh: a start that stays in front and takes orders, and the orders. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DeployError } from '../errors.ts';
import { findBinaries } from './binaries.ts';
import type { StartOptions } from './command-line.ts';
import { HELP, readCommandLine } from './command-line.ts';
import type { OnOrder } from './control.ts';
import { controlPath, isRunning, order, startControl } from './control.ts';
import type { LocalSet } from './local-set.ts';
import { createLocalSet } from './local-set.ts';
import { endLeftovers, leftovers } from './pid-file.ts';
import { planPorts, portsOf, takenPorts } from './port-plan.ts';
import { type RollTarget, roll } from './roll.ts';
import { statusTable } from './status-table.ts';

/** Writes one line. */
type Say = (line: string) => void;

const FAILED = 1;
const WRONG_OPTIONS = 2;
const TOKEN_BYTES = 24;

/** Runs the command; resolves to the exit status. */
export async function runLocal(argv: readonly string[], say: Say): Promise<number> {
  try {
    const asked = readCommandLine(argv);
    switch (asked.kind) {
      case 'help':
        say(HELP.trimEnd());
        return 0;
      case 'start':
        return await runSet(asked, say);
      case 'roll':
        await order(controlPath(resolve(asked.folder)), `roll ${asked.target}`, say);
        return 0;
      case 'status':
        await order(controlPath(resolve(asked.folder)), 'status', say);
        return 0;
      case 'stop':
        await stopSet(resolve(asked.folder), say);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    console.error(`deploy/local.sh: ${error.message}`);
    return error.code === 'bad-options' ? WRONG_OPTIONS : FAILED;
  }
}

/** Has a set end itself, or ends what one that was killed has left behind. */
async function stopSet(folder: string, say: Say): Promise<void> {
  const path = controlPath(folder);
  const left = leftovers(folder);
  if (left.length === 0 || (await isRunning(path))) return order(path, 'stop', say);
  say(`ending what a set that was killed has left behind: ${left.map(({ name }) => name).join(', ')}`);
  await endLeftovers(folder);
}

/** Starts a set and keeps it until a signal or an order ends it. */
async function runSet(options: StartOptions, say: Say): Promise<number> {
  const folder = resolve(options.folder);
  const path = controlPath(folder);
  if (await isRunning(path)) throw new DeployError('already-running', `a set runs in ${folder}: deploy/local.sh stop`);
  if (leftovers(folder).length > 0)
    throw new DeployError(
      'already-running',
      `processes of a set that was killed run in ${folder}: deploy/local.sh stop`,
    );
  const ports = planPorts(options, options.portsFrom);
  const taken = await takenPorts(portsOf(ports));
  if (taken.length > 0)
    throw new DeployError('port-taken', `somebody listens on ${taken.join(', ')}: choose others with --ports-from`);
  const binaries = await findBinaries();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const tokenFile = await apiToken(folder);
  const { env, scrapeS } = options;
  const set = await createLocalSet({ folder, ports, binaries, env, scrapeS, tokenFile });

  const end = new AbortController();
  const stopped = Promise.withResolvers<void>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      // Who asks twice does not want to wait for the drain; an exit takes the processes along.
      if (name === 'SIGINT' && end.signal.aborted) process.exit(FAILED);
      end.abort();
    });
  for (const { process: one } of set.members)
    one.onLost = ({ code, signal }) =>
      say(`${one.spec.name} ended by itself (${code ?? signal}): see ${one.spec.logFile}; a roll starts it again`);
  const phase: Phase = { now: 'starting' };
  const control = await startControl(path, ordersFor(set, phase, end, stopped.promise));
  let status = 0;
  try {
    say(`starting ${set.members.length} processes in ${folder}`);
    await set.start(end.signal);
    phase.now = 'ready';
    for (const line of tableOf(set)) say(line);
    say(`chargers: ws://127.0.0.1:${ports.balancer}/ocpp/<chargerId>; key of the api: ${tokenFile}`);
    say('ready; Ctrl-C ends it');
    await aborted(end.signal);
  } catch (error) {
    if (!end.signal.aborted) {
      status = FAILED;
      console.error(`deploy/local.sh: ${error instanceof Error ? error.message : String(error)}`);
    }
    end.abort();
  }
  say('stopping');
  await set.stop();
  stopped.resolve();
  await control.close();
  say('stopped');
  return status;
}

/** What a set is at; one thing at a time. */
interface Phase {
  now: 'starting' | 'ready' | 'rolling';
}

function ordersFor(set: LocalSet, phase: Phase, end: AbortController, stopped: Promise<void>): OnOrder {
  return async (text, say) => {
    const [verb = '', argument = ''] = text.split(' ');
    if (verb === 'stop') {
      end.abort();
      await stopped;
      return;
    }
    if (verb === 'status') {
      for (const line of tableOf(set)) say(line);
      return;
    }
    if (verb !== 'roll' || !isTarget(argument)) throw new DeployError('bad-options', `there is no order ${text}`);
    if (phase.now !== 'ready') throw new DeployError('not-ready', `the set is ${phase.now}`);
    phase.now = 'rolling';
    try {
      await roll(set, argument, { say, signal: end.signal });
    } finally {
      phase.now = 'ready';
    }
  };
}

function isTarget(text: string): text is RollTarget {
  return text === 'all' || text === 'edges' || text === 'workers';
}

function tableOf({ members }: LocalSet): readonly string[] {
  return statusTable(
    members.map(({ process: one, url, metrics }) => ({ name: one.spec.name, pid: one.pid, url, metrics })),
  );
}

/** The administrator's key of this folder, made once. */
async function apiToken(folder: string): Promise<string> {
  const path = join(folder, 'api-token');
  try {
    await readFile(path);
  } catch {
    await writeFile(path, randomBytes(TOKEN_BYTES).toString('hex'), { mode: 0o600 });
  }
  return path;
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve: done } = Promise.withResolvers<void>();
  if (signal.aborted) done();
  else signal.addEventListener('abort', () => done(), { once: true });
  return promise;
}
