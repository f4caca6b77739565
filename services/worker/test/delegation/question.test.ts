/** The public JSON between worker and handler: a golden question, and what counts as a reply. */
import { EMPTY_STATE } from '@voltlane/charger-state';
import { describe, expect, it } from 'vitest';
import { encodeQuestion, questionText, readReply, requestIdOf } from '../../src/delegation/question.ts';
import { call } from '../uplinks.ts';

const STATE = {
  ...EMPTY_STATE,
  registration: 'Accepted',
  vendor: 'Acme',
  model: 'One',
  connectors: { '0/1': { status: 'Charging', errorCode: 'NoError', at: '2026-03-01T10:00:00.000Z', detail: 'x' } },
  open: [
    {
      id: '7',
      key: 'k7',
      evseId: 0,
      connectorId: 1,
      idToken: 'TAG',
      startedAt: '2026-03-01T10:00:00.000Z',
      meterStartWh: 1,
      startFingerprint: 'f',
      seen: [],
    },
  ],
  session: { id: 's1', edgeId: 'edge1', version: '1.6', openedAtMs: 1_772_366_400_000 },
} as const;

const CALL = call(
  'CP1',
  4,
  'StartTransaction',
  {},
  {
    payload: '{ "idTag":"TAG", "transactionId":9223372036854775807 }',
    receivedAtMs: 1_772_366_400_000,
  },
);

function reply(value: unknown): ReturnType<typeof readReply> {
  return readReply(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

describe('a question', () => {
  it('is this JSON, with the payload as the charger wrote it', () => {
    const text = questionText(CALL, STATE, { transactionId: 1 }, 1_772_366_403_000);
    expect(Buffer.from(encodeQuestion(text, 2)).toString()).toBe(
      '{"v":1,"attempt":2,"requestId":"s1.4","tenant":"default","charger":"CP1","version":"1.6",' +
        '"action":"StartTransaction","messageId":"m4","receivedAt":"2026-03-01T12:00:00.000Z",' +
        '"deadlineAt":"2026-03-01T12:00:03.000Z","state":{"registration":"Accepted","vendor":"Acme","model":"One",' +
        '"connectors":[{"evseId":0,"connectorId":1,"status":"Charging","errorCode":"NoError","at":"2026-03-01T10:00:00.000Z"}],' +
        '"openTransactions":[{"id":"7","key":"k7","evseId":0,"connectorId":1,"idToken":"TAG","startedAt":"2026-03-01T10:00:00.000Z"}],' +
        '"session":{"id":"s1","openedAt":"2026-03-01T12:00:00.000Z"}},"builtIn":{"transactionId":1},' +
        '"payload":{ "idTag":"TAG", "transactionId":9223372036854775807 }}',
    );
  });

  it('has an id that only session and count of the call make', () => {
    expect(requestIdOf(CALL)).toBe('s1.4');
    expect(requestIdOf({ ...CALL, seq: 5 })).not.toBe(requestIdOf(CALL));
  });

  it('leaves out what is not known', () => {
    const text = questionText(CALL, EMPTY_STATE, {}, 0);
    expect(text).toContain('"state":{"registration":"None","connectors":[],"openTransactions":[]}');
  });
});

describe('a reply', () => {
  it('is a response, an error or the wish for the fallback', () => {
    expect(reply({ response: { status: 'Accepted' } })).toEqual({ kind: 'response', payload: { status: 'Accepted' } });
    expect(reply({ fallback: true })).toEqual({ kind: 'declined' });
    expect(reply({ error: { code: 'SecurityError', description: 'no' } })).toEqual({
      kind: 'error',
      code: 'SecurityError',
      description: 'no',
    });
  });

  it('knows error codes in every spelling, needs no description, and cuts a long one', () => {
    expect(reply({ error: { code: 'OccurenceConstraintViolation' } })).toEqual({
      kind: 'error',
      code: 'OccurrenceConstraintViolation',
      description: '',
    });
    const long = reply({ error: { code: 'GenericError', description: 'x'.repeat(1000) } });
    expect(long.kind === 'error' && long.description.length).toBe(255);
  });

  it('keeps integers beyond 2^53', () => {
    expect(reply('{"response":{"n":9223372036854775807}}')).toEqual({
      kind: 'response',
      payload: { n: 9_223_372_036_854_775_807n },
    });
  });

  it.each([
    '',
    'no',
    '[]',
    'null',
    '{}',
    { response: [] },
    { response: null },
    { response: {}, fallback: true },
    { fallback: false },
    { fallback: 'true' },
    { error: 'no' },
    { error: {} },
    { error: { code: 'Made-up' } },
    { error: { code: 'GenericError', description: 5 } },
    `{"response":${'['.repeat(100)}${']'.repeat(100)}}`,
    `{"response":{"data":"${'x'.repeat(262_144)}"}}`,
  ])('is not anything else: %j', (value) => {
    const heard = reply(value);
    expect(heard.kind).toBe('invalid');
    expect(JSON.stringify(heard)).not.toContain('Made-up');
  });

  it('is not bytes that are no text', () => {
    expect(readReply(Uint8Array.of(0xff, 0xfe)).kind).toBe('invalid');
  });
});
