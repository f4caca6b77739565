import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@voltlane/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalProcess } from '../../src/local/local-process.ts';
import { endLeftovers, leftovers, notePid, pidFile } from '../../src/local/pid-file.ts';

let folder: string;
let running: LocalProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-process-'));
});

afterEach(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const logFile = (): string => join(folder, 'log');

/** A shell that says `up` when it can be stopped. */
function shell(script: string, stopMsMax: number = 5_000): LocalProcess {
  const ready = async (): Promise<void> => {
    if (!readFileSync(logFile(), 'utf8').includes('up')) throw new Error('it has not said that it is up');
  };
  const env = { PATH: process.env['PATH'] ?? '' };
  running = new LocalProcess({
    name: 'one',
    command: 'sh',
    args: ['-c', script],
    env,
    logFile: logFile(),
    pidFile: pidFile(folder, 'one'),
    ready,
    stopMsMax,
  });
  return running;
}

const unaborted = (): AbortSignal => new AbortController().signal;

describe('a process of a set', () => {
  it('is started, waited for, ended with SIGTERM and started again', async () => {
    const one = shell('trap "exit 0" TERM; echo up; while :; do sleep 0.05; done');
    await one.start(unaborted());
    const first = one.pid;
    expect(first).toBeGreaterThan(0);
    expect(await one.stop()).toEqual({ code: 0, signal: null });
    expect(one.pid).toBeUndefined();
    await one.start(unaborted());
    expect(one.pid).not.toBe(first);
  });

  it('is killed when it does not end in time', async () => {
    const one = shell('trap "" TERM; echo up; while :; do sleep 0.05; done', 200);
    await one.start(unaborted());
    expect(await one.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('that ends before it is ready fails its start with the end of its log', async () => {
    const one = shell('echo the port is taken; exit 3');
    await expect(one.start(unaborted())).rejects.toThrow(/one ended with 3; the end of .*log:\n {2}the port is taken/);
    expect(one.pid).toBeUndefined();
  });

  it('that cannot be started at all fails its start, too', async () => {
    const ready = (): Promise<void> => Promise.reject(new Error('nobody'));
    const places = { logFile: logFile(), pidFile: pidFile(folder, 'none') };
    const spec = { name: 'none', command: join(folder, 'none'), args: [], env: {}, ...places, ready, stopMsMax: 1 };
    await expect(new LocalProcess(spec).start(unaborted())).rejects.toThrow('ENOENT');
  });

  it('is not left behind when its start is given up', async () => {
    const one = shell('while :; do sleep 0.05; done');
    const end = new AbortController();
    const start = one.start(end.signal);
    await waitUntil('it runs', () => one.pid !== undefined);
    end.abort();
    await expect(start).rejects.toThrow('one was not waited for');
    expect(one.pid).toBeUndefined();
  });

  it('tells of an end nobody asked for, and only of that', async () => {
    const one = shell('echo up; while :; do sleep 0.05; done');
    const ends: unknown[] = [];
    one.onLost = (end) => ends.push(end);
    await one.start(unaborted());
    await one.stop();
    expect(ends).toEqual([]);
    await one.start(unaborted());
    process.kill(one.pid ?? 0, 'SIGKILL');
    await waitUntil('its end is told', () => ends.length > 0);
    expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }]);
  });
});

describe('processes a killed start has left behind', () => {
  it('are found by their notes and ended', async () => {
    const one = shell('echo up; while :; do sleep 0.05; done');
    expect(leftovers(folder)).toEqual([]);
    await one.start(unaborted());
    expect(leftovers(folder)).toEqual([{ name: 'one', pid: one.pid }]);
    await endLeftovers(folder);
    expect(leftovers(folder)).toEqual([]);
  });

  it('are not told from somebody else by their pid alone', () => {
    notePid(pidFile(folder, 'one'), process.pid);
    expect(leftovers(folder)).toHaveLength(1);
    writeFileSync(pidFile(folder, 'one'), `${process.pid} 1\n`);
    expect(leftovers(folder)).toEqual([]);
  });
});
