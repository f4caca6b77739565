/**
 * One process of a set: started with its output in a file, waited for, ended. Keeps its command, so that it can be started again on the
 * same ports.
 *
 * 1. It is in a process group of its own: Ctrl-C reaches only who started it, which stops all of them in order.
 * 2. Whoever started processes and ends takes them along, whatever it ends by but SIGKILL; the notes of pids are for that.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { sleep, systemClock } from '@voltlane/time';
import { DeployError } from '../errors.ts';
import { forgetPid, notePid } from './pid-file.ts';

/** What it takes to start one. */
export interface ProcessSpec {
  /** `edge-1`: in tables, logs and the balancer. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Where its pid is noted while it runs. */
  readonly pidFile: string;
  /** Resolves when it can do its job; rejects with what is missing. */
  readonly ready: () => Promise<void>;
  /** Longest time until it ends after SIGTERM, ms; then SIGKILL. */
  readonly stopMsMax: number;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const READY_MS_MAX = 120_000;
const POLL_MS = 100;
const LOG_LINES = 15;

const alive = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** The process, whether it runs or not. */
export class LocalProcess {
  readonly spec: ProcessSpec;
  #child: ChildProcess | undefined;
  #ended: Promise<ProcessEnd> = Promise.resolve({ code: 0, signal: null });
  /** Ready once, and not ended or told to end since. */
  #isUp = false;
  /** Told when a process that was up ends by itself. */
  onLost: (end: ProcessEnd) => void = () => undefined;

  constructor(spec: ProcessSpec) {
    this.spec = spec;
  }

  /** Process id; undefined when it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it and waits until it is ready. When that fails it does not run any more. */
  async start(signal: AbortSignal): Promise<void> {
    const { name, command, args, env, logFile, pidFile } = this.spec;
    if (signal.aborted) throw new DeployError('given-up', `${name} is not started any more`);
    const log = openSync(logFile, 'a');
    const child = spawn(command, [...args], { env: { ...env }, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    this.#child = child;
    alive.add(child);
    if (child.pid !== undefined) notePid(pidFile, child.pid);
    let failure: string | undefined;
    this.#ended = new Promise((resolve) => {
      const gone = (end: ProcessEnd): void => {
        alive.delete(child);
        forgetPid(pidFile);
        this.#child = undefined;
        failure ??= `ended with ${end.code ?? end.signal}`;
        resolve(end);
        const isLost = this.#isUp;
        this.#isUp = false;
        if (isLost) this.onLost(end);
      };
      child.once('error', (error) => {
        failure = error.message;
        if (child.pid === undefined) gone({ code: 1, signal: null });
      });
      child.once('exit', (code, by) => gone({ code, signal: by }));
    });
    let missing = 'nothing';
    const deadlineMs = systemClock.monotonicMs() + READY_MS_MAX;
    for (;;) {
      try {
        await this.spec.ready();
        // Somebody else on its port may have answered.
        if (failure === undefined) {
          this.#isUp = true;
          return;
        }
      } catch (error) {
        missing = error instanceof Error ? error.message : String(error);
      }
      if (failure !== undefined) throw this.#notReady(`${name} ${failure}`);
      if (systemClock.monotonicMs() > deadlineMs || signal.aborted) {
        await this.stop();
        if (signal.aborted) throw new DeployError('given-up', `${name} was not waited for`);
        throw this.#notReady(`${name} is not ready after ${READY_MS_MAX / 1000} s (${missing})`);
      }
      await sleep(systemClock, POLL_MS);
    }
  }

  /** Sends a signal after which it ends in its own time; `stop` ends the wait. */
  leave(signal: NodeJS.Signals): void {
    this.#isUp = false;
    this.#child?.kill(signal);
  }

  /** SIGTERM, and SIGKILL when that takes too long; resolves to how it ended. */
  async stop(): Promise<ProcessEnd> {
    const child = this.#child;
    if (child === undefined) return this.#ended;
    this.#isUp = false;
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), this.spec.stopMsMax);
    const end = await this.#ended;
    clearTimeout(force);
    return end;
  }

  #notReady(why: string): DeployError {
    const { logFile } = this.spec;
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_LINES);
    return new DeployError(
      'not-ready',
      `${why}; the end of ${logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}

/** A `ready` that asks for status 200. */
export function answersOk(url: string): () => Promise<void> {
  return async () => {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${body.trim().slice(0, 200)}`);
  };
}
