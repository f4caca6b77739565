import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS, problemOf } from '../src/problem.ts';

const CONTRACT = readFileSync(new URL('../../../docs/contract.md', import.meta.url), 'utf8');

/** Code and status of every row of the contract's table. */
function documented(): readonly (readonly [code: string, status: number])[] {
  const table = /<!-- problems -->(.*)<!-- \/problems -->/s.exec(CONTRACT)?.[1] ?? '';
  return [...table.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [code ?? '', Number(status)]);
}

describe('the list of problems', () => {
  it('is the one of docs/contract.md, with the same statuses', () => {
    const rows = documented();
    expect(rows.length).toBeGreaterThan(15);
    const codes = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
    expect(codes.toSorted()).toEqual(rows.toSorted());
  });

  it('has a title of its own for each code', () => {
    const titles = Object.values(PROBLEMS).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('a problem', () => {
  it('says what, which request and, where it is known, which part', () => {
    expect(problemOf({ code: 'too-large', detail: 'x' }, 'id-1')).toEqual({
      type: 'urn:voltlane:problem:too-large',
      title: PROBLEMS['too-large'].title,
      status: 413,
      detail: 'x',
      instance: 'urn:voltlane:request:id-1',
      code: 'too-large',
    });
    expect(problemOf({ code: 'invalid-request', detail: 'x', path: '/body/a' }, 'id-1').path).toBe('/body/a');
  });
});
