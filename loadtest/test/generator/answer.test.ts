import { describe, expect, it } from 'vitest';
import { judgeResult, readInbound } from '../../src/generator/answer.ts';
import { CALL } from '../../src/generator/call-kind.ts';

describe('a frame from the broker', () => {
  it('is a result, an error or a command', () => {
    expect(readInbound('[3,"42",{}]')).toEqual({ kind: 'result', id: 42, text: '[3,"42",{}]' });
    expect(readInbound('[4,"7","InternalError","",{}]')).toEqual({ kind: 'error', id: 7, code: 'InternalError' });
    expect(readInbound('[2,"c-1","ClearCache",{}]')).toEqual({ kind: 'call', id: 'c-1', action: 'ClearCache' });
  });

  it.each(['', '{}', '[3,"",{}]', '[3,"4x",{}]', '[4,"x","InternalError"]', '[2,"1"]', 'hello'])(
    'is nothing as %j',
    (text) => {
      expect(readInbound(text)).toEqual({ kind: 'other' });
    },
  );
});

describe('a result', () => {
  const time = '"currentTime":"2026-01-01T00:00:00.000Z"';
  it.each([
    ['a heartbeat', CALL.heartbeat, true, `[3,"1",{${time}}]`, { kind: 'fine' }],
    ['a heartbeat without time', CALL.heartbeat, true, '[3,"1",{}]', { kind: 'wrong' }],
    ['a boot', CALL.boot, true, `[3,"1",{"status":"Accepted",${time},"interval":300}]`, { kind: 'fine' }],
    [
      'a boot put off',
      CALL.boot,
      true,
      `[3,"1",{"status":"Pending",${time},"interval":42}]`,
      { kind: 'bootLater', intervalS: 42 },
    ],
    ['a boot without status', CALL.boot, true, `[3,"1",{${time}}]`, { kind: 'wrong' }],
    [
      'a start',
      CALL.start,
      true,
      '[3,"1",{"transactionId":99,"idTagInfo":{"status":"Accepted"}}]',
      { kind: 'started', transactionId: 99 },
    ],
    ['a start without id', CALL.start, true, '[3,"1",{"idTagInfo":{"status":"Accepted"}}]', { kind: 'wrong' }],
    ['a start in 2.x', CALL.start, false, '[3,"1",{"idTokenInfo":{"status":"Accepted"}}]', { kind: 'fine' }],
    ['a stop', CALL.stop, true, '[3,"1",{}]', { kind: 'fine' }],
    ['meter values that get a time', CALL.meter, true, `[3,"1",{${time}}]`, { kind: 'wrong' }],
  ] as const)('of %s is judged by its content', (_what, kind, isV16, text, verdict) => {
    expect(judgeResult(kind, isV16, text)).toEqual(verdict);
  });
});
