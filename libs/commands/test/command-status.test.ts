/** The public JSON, byte by byte: backends read it. A change here is a change of the contract (docs/contract.md). */
import { describe, expect, it } from 'vitest';
import {
  COMMAND_OUTCOMES,
  COMMAND_PROBLEMS,
  type CommandStatus,
  isCommandProblemCode,
  problem,
  problemJson,
  readAnswer,
  statusJson,
} from '../src/index.ts';

const QUEUED: CommandStatus = {
  commandId: 'c5xk2m9q4x1c8v5b3n7k2m9q4x1',
  tenant: 'default',
  charger: 'RDAM "1"',
  action: 'ClearCache',
  requestedAtMs: 1_767_225_600_123,
};
const SENT: CommandStatus = { ...QUEUED, sentAtMs: 1_767_225_600_125 };
const END = { finishedAtMs: 1_767_225_600_500 };
const HEAD =
  '{"v":1,"commandId":"c5xk2m9q4x1c8v5b3n7k2m9q4x1","tenant":"default","charger":"RDAM \\"1\\"","action":"ClearCache",';
const ASKED = '"requestedAt":"2026-01-01T00:00:00.123Z"';
const LEFT = '"sentAt":"2026-01-01T00:00:00.125Z"';
const OVER = '"finishedAt":"2026-01-01T00:00:00.500Z"';

describe('the JSON of a command', () => {
  it.each<[string, CommandStatus, string]>([
    ['that waits', QUEUED, `${HEAD}"status":"queued",${ASKED}}`],
    ['that was sent', SENT, `${HEAD}"status":"sent",${ASKED},${LEFT}}`],
    [
      'that was answered, the answer as the charger wrote it',
      { ...SENT, ...END, ending: { outcome: 'accepted', sent: true, response: '{"n":9223372036854775807}' } },
      `${HEAD}"status":"finished",${ASKED},${LEFT},${OVER},"outcome":"accepted","sent":true,"response":{"n":9223372036854775807}}`,
    ],
    [
      'that failed at the charger',
      {
        ...SENT,
        ...END,
        ending: {
          outcome: 'callError',
          sent: true,
          error: { code: 'NotSupported', description: 'a "b"', details: '{"x":1}' },
        },
      },
      `${HEAD}"status":"finished",${ASKED},${LEFT},${OVER},"outcome":"callError","sent":true,"error":{"code":"NotSupported","description":"a \\"b\\"","details":{"x":1}}}`,
    ],
    [
      'that was never sent',
      { ...QUEUED, ...END, ending: { outcome: 'expired', sent: false } },
      `${HEAD}"status":"finished",${ASKED},${OVER},"outcome":"expired","sent":false}`,
    ],
  ])('%s', (_what, status, json) => {
    expect(statusJson(status)).toBe(json);
    const expected = { kind: 'status', status: JSON.parse(json).status, tenant: 'default', json };
    expect(readAnswer(json)).toEqual(expected);
  });

  it('knows these outcomes and no other', () => {
    expect([...COMMAND_OUTCOMES]).toEqual([
      'accepted',
      'rejected',
      'callError',
      'timeout',
      'expired',
      'superseded',
      'cancelled',
      'offline',
    ]);
  });
});

describe('the JSON of a refusal', () => {
  it('names code, detail and, where there is one, the path', () => {
    expect(problemJson(problem('overloaded', 'full'))).toBe('{"v":1,"problem":{"code":"overloaded","detail":"full"}}');
    const json = '{"v":1,"problem":{"code":"invalid-payload","detail":"no","path":"/payload/type"}}';
    expect(problemJson(problem('invalid-payload', 'no', '/payload/type'))).toBe(json);
    expect(readAnswer(json)).toEqual({
      kind: 'problem',
      problem: { code: 'invalid-payload', detail: 'no', path: '/payload/type' },
    });
  });

  it('has these codes with these statuses, which never change', () => {
    expect(COMMAND_PROBLEMS).toEqual({
      'invalid-request': 400,
      'unknown-action': 400,
      'invalid-payload': 400,
      'too-large': 413,
      'charger-not-found': 404,
      'command-not-found': 404,
      'not-allowed-now': 409,
      'not-cancellable': 409,
      'queue-full': 429,
      overloaded: 503,
      unavailable: 503,
    });
    expect(isCommandProblemCode('queue-full')).toBe(true);
    expect(isCommandProblemCode('toString')).toBe(false);
  });
});

describe('an answer that cannot be read', () => {
  it.each([
    '',
    'null',
    '[]',
    '{"v":2,"status":"queued","tenant":"default"}',
    '{"v":1,"status":"flying","tenant":"default"}',
    '{"v":1,"status":"queued"}',
    '{"v":1,"problem":{"code":"new-code","detail":"x"}}',
    '{"v":1,"problem":{"code":"overloaded"}}',
    '{"v":1,"status":"queued","tenant":"default"',
  ])('is as if there was none: %s', (json) => {
    expect(readAnswer(json)).toMatchObject({ kind: 'problem', problem: { code: 'unavailable' } });
  });
});
