import { describe, expect, it } from 'vitest';
import { BODY_DEPTH_MAX, readJsonBody } from '../src/json-body.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('a JSON body', () => {
  it.each([
    ['{"a":[1,"x",null]}', { a: [1, 'x', null] }],
    ['"[[[[[[ \\" {{{"', '[[[[[[ " {{{'],
    ['{"__proto__":{"x":1}}', JSON.parse('{"__proto__":{"x":1}}')],
    [`{"brackets":"${'['.repeat(BODY_DEPTH_MAX * 2)}"}`, { brackets: '['.repeat(BODY_DEPTH_MAX * 2) }],
    ['', undefined],
  ])('is read: %s', (text, value) => {
    expect(readJsonBody(text)).toEqual({ kind: 'value', value });
  });

  it.each([' ', '{', '{"a":}', 'null x', '\u0000', nested(BODY_DEPTH_MAX + 1), '['.repeat(500_000), '"\\'])(
    'is refused: %.20s',
    (text) => {
      expect(readJsonBody(text)).toMatchObject({ kind: 'refused', problem: { code: 'malformed-json' } });
    },
  );

  it('may be nested up to the bound', () => {
    expect(readJsonBody(nested(BODY_DEPTH_MAX)).kind).toBe('value');
  });

  it('is not quoted when it is refused: it may hold a password', () => {
    expect(JSON.stringify(readJsonBody('{"password":"hunter2" x}'))).not.toContain('hunter2');
  });
});
