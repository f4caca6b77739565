import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasTimerSlack, withTimerSlack } from '../src/index.ts';

const FILE = '/proc/self/timerslack_ns';
const own = (): string => readFileSync(FILE, 'utf8').trim();
const ofChild = (): string => execFileSync('cat', [FILE], { encoding: 'utf8' }).trim();

describe('the timer slack of a process that is started', () => {
  it('is the one it was given, and that of this process stays what it was', () => {
    expect(hasTimerSlack()).toBe(true);
    const before = own();
    expect(withTimerSlack(2_000, ofChild)).toBe('2000000');
    expect(withTimerSlack(0, ofChild)).toBe(before);
    expect(own()).toBe(before);
  });

  it('is not left behind by a start that fails', () => {
    const before = own();
    const fail = (): never => {
      throw new Error('no such program');
    };
    expect(() => withTimerSlack(2_000, fail)).toThrow('no such program');
    expect(own()).toBe(before);
  });
});
