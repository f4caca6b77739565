import { describe, expect, it } from 'vitest';
import { BUS_ERROR_CODES, BusError, covers, isBusError } from '../src/index.ts';
import { compileFilter, overlaps } from '../src/subject.ts';

describe('filters', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a.b.c', false],
    ['a.*', 'a', false],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['>', 'a', true],
    ['*.b.*', 'a.b.c', true],
    ['event.*.*.state', 'event.t.c.state', true],
    ['event.*.*.state', 'event.t.c.meter', false],
    ['event.*.*.state', 'event.t.c.states', false],
    ['event.*.*.state', 'event.t.c', false],
    ['event.*.*.state', 'event.t.c.state.x', false],
    ['a.*.>', 'a.b', false],
    ['a.*.>', 'a.b.c', true],
  ])('%s matches %s: %s', (filter, subject, expected) => {
    expect(compileFilter(filter)(subject)).toBe(expected);
  });

  it.each([
    ['a.>', 'a.*.c', true],
    ['a.*', 'a.>', false],
    ['*.*', 'a.*', true],
    ['a.*', '*.*', false],
    ['>', '>', true],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });

  it.each([
    ['a.*', '*.b', true],
    ['a.b', 'a.c', false],
    ['a.>', 'a', false],
    ['a.>', '*.x.y', true],
    ['a.*', 'a.b.c', false],
  ])('%s overlaps %s: %s', (left, right, expected) => {
    expect([overlaps(left, right), overlaps(right, left)]).toEqual([expected, expected]);
  });
});

describe('errors', () => {
  it('say by code whether trying again can help', () => {
    expect(new BusError('timeout', 'x').retryable).toBe(true);
    expect(new BusError('config-mismatch', 'x').retryable).toBe(false);
    expect(isBusError(new BusError('closed', 'x'), 'closed', 'timeout')).toBe(true);
    expect(isBusError(new BusError('closed', 'x'), 'timeout')).toBe(false);
    expect(isBusError(new Error('closed'))).toBe(false);
    expect(new BusError('closed', 'x', new Error('cause')).cause).toBeInstanceOf(Error);
  });

  it('are listed in the README', async () => {
    const { readFile } = await import('node:fs/promises');
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    for (const code of BUS_ERROR_CODES) expect(readme).toContain(`\`${code}\``);
  });
});
