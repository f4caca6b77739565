import { createFakeClock } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { superviseProcess } from '../src/supervise.ts';

function setUp(stop: (signal: AbortSignal) => Promise<void>) {
  const listeners = new Map<string, (argument: never) => void>();
  const exits: number[] = [];
  const lines: string[] = [];
  const clock = createFakeClock();
  const write = (_: unknown, event: string): void => void lines.push(event);
  const request = superviseProcess({
    log: { info: write, error: write, fatal: write },
    clock,
    stop,
    deadlineMs: 10_000,
    process: {
      on: (event: string, listener: (argument: never) => void) => listeners.set(event, listener),
      exit: (code) => void exits.push(code),
    },
  });
  return { clock, exits, lines, request, heard: [...listeners.keys()], crash: listeners.get('uncaughtException') };
}

const settled = (): Promise<void> => new Promise((resolve) => queueMicrotask(() => queueMicrotask(resolve)));

describe('supervising a process', () => {
  it('listens to both signals and to errors nobody caught', () => {
    expect(setUp(async () => {}).heard.toSorted()).toEqual([
      'SIGINT',
      'SIGTERM',
      'uncaughtException',
      'unhandledRejection',
    ]);
  });

  it('stops on a signal and exits 0', async () => {
    const { exits, lines, request } = setUp(async () => {});
    request('SIGTERM');
    await settled();
    expect(exits).toEqual([0]);
    expect(lines).toEqual(['stopping', 'stopped']);
  });

  it('exits 1 when the stop fails', async () => {
    const { exits, request } = setUp(() => Promise.reject(new Error('no')));
    request('SIGTERM');
    await settled();
    expect(exits).toEqual([1]);
  });

  it('exits 1 at the deadline and aborts the stop', () => {
    let aborted = false;
    const { clock, exits, lines, request } = setUp((signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => {});
    });
    request('SIGTERM');
    clock.advance(9_999);
    expect(exits).toEqual([]);
    clock.advance(1);
    expect([exits, aborted, lines.at(-1)]).toEqual([[1], true, 'stop deadline passed, exiting']);
  });

  it('takes a signal repeated at once as the same request and a later one as impatience', () => {
    const { clock, exits, request } = setUp(() => new Promise(() => {}));
    request('SIGINT');
    request('SIGINT');
    expect(exits).toEqual([]);
    clock.advance(600);
    request('SIGINT');
    expect(exits).toEqual([1]);
  });
});
