import { parseJson } from '@voltlane/ocpp';
import { describe, expect, it } from 'vitest';
import { COMMAND_LIMITS, readCommandRequest, waitOf } from '../src/index.ts';

const DEFAULTS = {
  payload: '{}',
  timeoutMs: 30_000,
  ttlMs: 0,
  priority: 5,
  coalesceKey: undefined,
  idempotencyKey: undefined,
  wait: undefined,
  requestedBy: undefined,
};

describe('a request', () => {
  it('without options has the defaults', () => {
    expect(readCommandRequest({})).toEqual({ kind: 'request', request: DEFAULTS });
  });

  it('keeps what it says, the payload as compact text with the members in order and every digit', () => {
    const text = `{ "payload": { "b": 9223372036854775807, "a": [1, "ä"] }, "timeoutMs": 1000, "ttlMs": 604800000, "priority": 0,
      "coalesceKey": "k", "idempotencyKey": "i", "wait": 0, "requestedBy": "Ada (k1)" }`;
    expect(readCommandRequest(parseJson(text))).toEqual({
      kind: 'request',
      request: {
        payload: '{"b":9223372036854775807,"a":[1,"ä"]}',
        timeoutMs: 1000,
        ttlMs: 604_800_000,
        priority: 0,
        coalesceKey: 'k',
        idempotencyKey: 'i',
        wait: 0,
        requestedBy: 'Ada (k1)',
      },
    });
  });

  it.each([
    ['timeoutMs', 1_000, 600_000],
    ['ttlMs', 0, 604_800_000],
    ['priority', 0, 9],
    ['wait', 0, 60_000],
  ])('takes %s from %d to %d and nothing else', (name, min, max) => {
    for (const value of [min, max]) expect(readCommandRequest({ [name]: value }).kind, String(value)).toBe('request');
    for (const value of [min - 1, max + 1, min + 0.5, String(min), null, true, Number.NaN, 9007199254740993n]) {
      expect(readCommandRequest({ [name]: value }), String(value)).toEqual({
        kind: 'problem',
        problem: {
          code: 'invalid-request',
          path: `/${name}`,
          detail: `${name} is not a whole number from ${min} to ${max}`,
        },
      });
    }
  });

  it.each(['coalesceKey', 'idempotencyKey', 'requestedBy'])('takes printable characters as %s', (name) => {
    for (const value of ['x', 'ä 😀', 'x'.repeat(128)]) {
      expect(readCommandRequest({ [name]: value }).kind, value).toBe('request');
    }
    for (const value of ['', 'x'.repeat(129), 'a\nb', '\u0000', '\ud800', 7, null, {}]) {
      expect(readCommandRequest({ [name]: value }), JSON.stringify(value)).toMatchObject({
        problem: { code: 'invalid-request', path: `/${name}` },
      });
    }
  });

  it.each([null, [], 'x', 7, true])('that is no object is refused: %j', (json) => {
    expect(readCommandRequest(json)).toMatchObject({ problem: { code: 'invalid-request', path: '' } });
  });

  it.each([null, [], 'x', 7])('with a payload that is no object is refused: %j', (payload) => {
    const expected =
      payload === null ? { kind: 'request' } : { problem: { code: 'invalid-request', path: '/payload' } };
    expect(readCommandRequest({ payload })).toMatchObject(expected);
  });

  it('with a member nobody knows is refused with its name', () => {
    expect(readCommandRequest({ ttl: 5 })).toMatchObject({
      problem: { code: 'invalid-request', path: '/ttl', detail: 'the request has an unknown field "ttl"' },
    });
  });

  it('is too large by the bytes of its payload', () => {
    const empty = '{"a":""}'.length;
    const fits = { payload: { a: 'x'.repeat(COMMAND_LIMITS.payloadBytesMax - empty) } };
    expect(readCommandRequest(fits).kind).toBe('request');
    // Two bytes a letter.
    const large = { payload: { a: 'ä'.repeat((COMMAND_LIMITS.payloadBytesMax - empty) / 2 + 1) } };
    expect(readCommandRequest(large)).toMatchObject({ problem: { code: 'too-large', path: '/payload' } });
  });
});

describe('the wait', () => {
  it.each([
    [{ wait: undefined, timeoutMs: 30_000 }, 31_000],
    [{ wait: undefined, timeoutMs: 600_000 }, 60_000],
    [{ wait: 0, timeoutMs: 30_000 }, 0],
    [{ wait: 7, timeoutMs: 1_000 }, 7],
  ])('of %j is %d ms', (request, expected) => {
    expect(waitOf(request)).toBe(expected);
  });
});
