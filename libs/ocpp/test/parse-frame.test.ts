import { describe, expect, it } from 'vitest';
import { type Frame, OCPP_VERSIONS, type OcppVersion, parseFrame } from '../src/index.ts';

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** The text of a valid frame's payload, for one-line tables. */
function payloadTextOf(frame: Frame): string | undefined {
  return frame.kind === 'invalid' || frame.kind === 'error' || frame.kind === 'resultError'
    ? undefined
    : frame.payloadText;
}

/** reason and answer of an invalid frame. */
function refusal(text: string, version: OcppVersion): readonly [string, string | undefined] | string {
  const frame = parseFrame(text, version);
  return frame.kind === 'invalid' ? [frame.reason, frame.answer] : frame.kind;
}

describe('a well-formed frame', () => {
  it.each(OCPP_VERSIONS)('of type 2 is a call in %s', (version) => {
    expect(parseFrame(`[2,"${GUID}","Heartbeat",{}]`, version)).toEqual({
      kind: 'call',
      messageId: GUID,
      action: 'Heartbeat',
      payload: {},
      payloadText: '{}',
      signed: false,
    });
  });

  it.each([
    ['[3,"1",{"status":"Accepted"}]', 'result', '{"status":"Accepted"}'],
    ['[2,"1","X",{"a":{"b":[1,2,{"c":"]}"}]}}]', 'call', '{"a":{"b":[1,2,{"c":"]}"}]}}'],
    [' [ 2 , "1" , "X" , { "a" : 1.50 } ] \r\n', 'call', '{ "a" : 1.50 }'],
    ['[2,"1","X",{}]\0\0', 'call', '{}'],
    ['\uFEFF[2,"1","X",{}]', 'call', '{}'],
    ['[2,"1","X",{"id":9223372036854775807}]', 'call', '{"id":9223372036854775807}'],
    ['[2,"\\u0031","X",{"id": 9223372036854775807}]', 'call', '{"id":9223372036854775807}'],
    ['[2.0,"1","X",{}]', 'call', '{}'],
    ['[2,"1","X",null]', 'call', '{}'],
    ['[3,"1",null]', 'result', '{}'],
    ['[2,"1","X",{"a":1,"a":2}]', 'call', '{"a":1,"a":2}'],
    ['[2,"1","X",{"__proto__":{"x":1}}]', 'call', '{"__proto__":{"x":1}}'],
    ['[2,"1","Größe",{"ü":"😀"}]', 'call', '{"ü":"😀"}'],
  ])('%j is a %s with payload text %s', (text, kind, payloadText) => {
    const frame = parseFrame(text, '1.6');
    expect([frame.kind, payloadTextOf(frame)]).toEqual([kind, payloadText]);
  });

  it('gives integers above 2^53 as bigint', () => {
    expect(parseFrame('[3,"1",{"transactionId":9223372036854775807}]', '1.6')).toMatchObject({
      payload: { transactionId: 9223372036854775807n },
    });
  });

  it('does not let __proto__ reach a prototype', () => {
    const frame = parseFrame('[2,"1","X",{"__proto__":{"x":1}}]', '2.1');
    expect(frame.kind === 'call' && Object.getPrototypeOf(frame.payload) === Object.prototype).toBe(true);
    expect(frame.kind === 'call' && frame.payload['x']).toBeUndefined();
  });

  it('may be a SEND or a CALLRESULTERROR in 2.1 only', () => {
    expect(parseFrame('[6,"1","NotifyPeriodicEventStream",{"id":1}]', '2.1')).toMatchObject({
      kind: 'send',
      action: 'NotifyPeriodicEventStream',
      payloadText: '{"id":1}',
    });
    expect(parseFrame('[5,"1","FormatViolation","no",{}]', '2.1')).toMatchObject({
      kind: 'resultError',
      code: 'FormatViolation',
    });
    for (const version of ['1.6', '2.0.1'] as const)
      for (const text of ['[6,"1","NotifyPeriodicEventStream",{}]', '[5,"1","FormatViolation","no",{}]'])
        expect(parseFrame(text, version)).toMatchObject({ kind: 'invalid', reason: 'message-type-unknown' });
  });
});

describe('a CALLERROR', () => {
  it.each([
    ['[4,"1","OccurenceConstraintViolation","d",{"a":1}]', 'OccurenceConstraintViolation', 'd', '{"a":1}'],
    ['[4,"1","FormatViolation","d"]', 'FormatViolation', 'd', '{}'],
    ['[4,"1","GenericError"]', 'GenericError', '', '{}'],
    ['[4,"1","","",{}]', 'GenericError', '', '{}'],
    ['[4,"1",null,null,null]', 'GenericError', '', '{}'],
    ['[4,"1",7,8,[]]', 'GenericError', '', '{}'],
    ['[4,"1","VendorCode","d","more"]', 'VendorCode', 'd', '{"text":"more"}'],
    ['[4,"-1","RpcFrameworkError","",{}]', 'RpcFrameworkError', '', '{}'],
    ['[4,"1","X","",{"n":9223372036854775807}]', 'X', '', '{"n":9223372036854775807}'],
  ])('%j is read as %s %j %s', (text, code, description, detailsText) => {
    expect(parseFrame(text, '1.6')).toMatchObject({ kind: 'error', code, description, detailsText });
  });

  it('keeps at most 255 characters of its description', () => {
    expect(parseFrame(`[4,"1","X","${'d'.repeat(1000)}",{}]`, '2.1')).toMatchObject({ description: 'd'.repeat(255) });
  });
});

describe('a signed message of 2.x', () => {
  const inner = '{"reason":"PowerUp", "n":9223372036854775807}';
  const jws = JSON.stringify({
    payload: Buffer.from(inner).toString('base64url'),
    protected: 'eyJ9',
    signature: 'c2ln',
  });

  it('is opened, and flagged because nobody verified it', () => {
    expect(parseFrame(`[2,"1","BootNotification-Signed",${jws}]`, '2.0.1')).toMatchObject({
      kind: 'call',
      action: 'BootNotification',
      payload: { reason: 'PowerUp', n: 9223372036854775807n },
      payloadText: inner,
      signed: true,
    });
    expect(parseFrame(`[3,"1",${jws}]`, '2.1')).toMatchObject({ kind: 'result', payloadText: inner, signed: true });
  });

  it.each([
    '{}',
    '{"payload":"","signature":"x"}',
    '{"payload":"####","signature":"x"}',
    '{"payload":"W10","signature":"x"}',
    '{"payload":"_w","signature":"x"}',
  ])('with content %s is refused', (content) => {
    expect(refusal(`[2,"1","BootNotification-Signed",${content}]`, '2.1')).toEqual([
      'signature-malformed',
      '[4,"1","FormatViolation","signed payload is not a flattened JWS of an object",{}]',
    ]);
  });

  it('does not exist in 1.6', () => {
    expect(parseFrame(`[2,"1","BootNotification-Signed",${jws}]`, '1.6')).toMatchObject({
      action: 'BootNotification-Signed',
      signed: false,
    });
    expect(parseFrame(`[3,"1",${jws}]`, '1.6')).toMatchObject({ signed: false });
  });
});

const RPC = (id: string, text: string): string => `[4,"${id}","RpcFrameworkError","${text}",{}]`;
const V2 = (id: string, text: string): string => `[4,"${id}","FormatViolation","${text}",{}]`;
const V16 = (id: string, text: string): string => `[4,"${id}","FormationViolation","${text}",{}]`;
const R21 = (id: string, text: string): string => `[5,"${id}","FormatViolation","${text}",{}]`;
const NONE = undefined;

describe('a broken frame', () => {
  // text, reason, answer in 1.6, in 2.0.1, in 2.1
  it.each([
    ['', 'malformed-json', NONE, RPC('-1', 'message is not JSON'), RPC('-1', 'message is not JSON')],
    ['hello', 'malformed-json', NONE, RPC('-1', 'message is not JSON'), RPC('-1', 'message is not JSON')],
    [
      '\u0001\u0002\uFFFD\0x',
      'malformed-json',
      NONE,
      RPC('-1', 'message is not JSON'),
      RPC('-1', 'message is not JSON'),
    ],
    [
      '[2,"1","X",{"a":}]',
      'malformed-json',
      V16('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
    ],
    [
      '[2,"1","X",{"a":1}',
      'malformed-json',
      V16('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
    ],
    ['[3,"1",{"a":}]', 'malformed-json', NONE, NONE, R21('1', 'message is not JSON')],
    ['[4,"1","X","y",{]', 'malformed-json', NONE, NONE, NONE],
    ['[2,"a\nb","X",{}]', 'malformed-json', NONE, RPC('-1', 'message is not JSON'), RPC('-1', 'message is not JSON')],
    [
      '[2,"1","a\tb",{}]',
      'malformed-json',
      V16('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
      V2('1', 'message is not JSON'),
    ],
    ['{}', 'not-an-array', NONE, RPC('-1', 'message is not an array'), RPC('-1', 'message is not an array')],
    ['null', 'not-an-array', NONE, RPC('-1', 'message is not an array'), RPC('-1', 'message is not an array')],
    ['[]', 'too-short', NONE, RPC('-1', 'message has too few elements'), RPC('-1', 'message has too few elements')],
    ['[2]', 'too-short', NONE, RPC('-1', 'message has too few elements'), RPC('-1', 'message has too few elements')],
    [
      '[2,"1"]',
      'too-short',
      V16('1', 'message has too few elements'),
      V2('1', 'message has too few elements'),
      V2('1', 'message has too few elements'),
    ],
    ['[4,"1"]', 'too-short', NONE, NONE, NONE],
    [
      '[2,"1","X"]',
      'payload-missing',
      V16('1', 'payload is missing'),
      V2('1', 'payload is missing'),
      V2('1', 'payload is missing'),
    ],
    ['[3,"1"]', 'payload-missing', NONE, NONE, R21('1', 'payload is missing')],
    [
      '[2,"1","X",{},{}]',
      'too-long',
      V16('1', 'message has too many elements'),
      V2('1', 'message has too many elements'),
      V2('1', 'message has too many elements'),
    ],
    ['[3,"1",{},{}]', 'too-long', NONE, NONE, R21('1', 'message has too many elements')],
    ['[4,"1","X","",{},1]', 'too-long', NONE, NONE, NONE],
    [
      '[2,"1","X",[]]',
      'payload-not-object',
      V16('1', 'payload is not an object'),
      V2('1', 'payload is not an object'),
      V2('1', 'payload is not an object'),
    ],
    [
      '[2,"1","X","{}"]',
      'payload-not-object',
      V16('1', 'payload is not an object'),
      V2('1', 'payload is not an object'),
      V2('1', 'payload is not an object'),
    ],
    ['[3,"1",5]', 'payload-not-object', NONE, NONE, R21('1', 'payload is not an object')],
    [
      '[2,"1",7,{}]',
      'action-invalid',
      V16('1', 'action is not a name'),
      V2('1', 'action is not a name'),
      V2('1', 'action is not a name'),
    ],
    [
      '[2,"1","",{}]',
      'action-invalid',
      V16('1', 'action is not a name'),
      V2('1', 'action is not a name'),
      V2('1', 'action is not a name'),
    ],
    [
      '[2,19,"X",{}]',
      'message-id-not-string',
      V16('19', 'message id is not a string'),
      RPC('19', 'message id is not a string'),
      RPC('19', 'message id is not a string'),
    ],
    [
      '[2,9223372036854775807,"X",{}]',
      'message-id-not-string',
      V16('9223372036854775807', 'message id is not a string'),
      RPC('9223372036854775807', 'message id is not a string'),
      RPC('9223372036854775807', 'message id is not a string'),
    ],
    [
      '[2,null,"X",{}]',
      'message-id-not-string',
      NONE,
      RPC('-1', 'message id is not a string'),
      RPC('-1', 'message id is not a string'),
    ],
    [
      '[2,{"a":1},"X",{}]',
      'message-id-not-string',
      NONE,
      RPC('-1', 'message id is not a string'),
      RPC('-1', 'message id is not a string'),
    ],
    ['[2,"","X",{}]', 'message-id-empty', NONE, RPC('-1', 'message id is empty'), RPC('-1', 'message id is empty')],
    ['[3,5,{}]', 'message-id-not-string', NONE, NONE, '[5,"5","RpcFrameworkError","message id is not a string",{}]'],
    ['[3,null,{}]', 'message-id-not-string', NONE, NONE, NONE],
    [
      '["2","1","X",{}]',
      'message-type-invalid',
      NONE,
      RPC('1', 'message type is not a number'),
      RPC('1', 'message type is not a number'),
    ],
    [
      '[7,"1","X",{}]',
      'message-type-unknown',
      NONE,
      '[4,"1","MessageTypeNotSupported","message type is not supported",{}]',
      NONE,
    ],
    [
      '[1]',
      'message-type-unknown',
      NONE,
      '[4,"-1","MessageTypeNotSupported","message type is not supported",{}]',
      NONE,
    ],
    [
      '[2.5,"1","X",{}]',
      'message-type-unknown',
      NONE,
      '[4,"1","MessageTypeNotSupported","message type is not supported",{}]',
      NONE,
    ],
    [
      '[2,"1","X",{"a":1e999}]',
      'number-out-of-range',
      V16('1', 'message holds a number out of range'),
      V2('1', 'message holds a number out of range'),
      V2('1', 'message holds a number out of range'),
    ],
  ])('%j is %s', (text, reason, in16, in201, in21) => {
    expect(OCPP_VERSIONS.map((version) => refusal(text, version))).toEqual([
      [reason, in16],
      [reason, in201],
      [reason, in21],
    ]);
  });

  it('with an id of 37 characters is refused under that id, one of 36 is not', () => {
    const id = 'i'.repeat(36);
    expect(parseFrame(`[2,"${id}","X",{}]`, '2.1').kind).toBe('call');
    expect(refusal(`[2,"${id}i","X",{}]`, '2.1')).toEqual([
      'message-id-too-long',
      RPC(`${id}i`, 'message id is longer than 36 characters'),
    ]);
    expect(refusal(`[2,"${id}i","X",{}]`, '1.6')).toEqual([
      'message-id-too-long',
      V16(`${id}i`, 'message id is longer than 36 characters'),
    ]);
    expect(refusal(`[2,"${'i'.repeat(256)}","X",{}]`, '2.1')).toEqual([
      'message-id-too-long',
      RPC('-1', 'message id is longer than 36 characters'),
    ]);
  });

  it('nested too deeply is refused without walking it', () => {
    const deep = `[2,"1","X",{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    expect(refusal(deep, '1.6')).toEqual(['too-deep', V16('1', 'message is nested too deeply')]);
  });

  it('that broke a CALLRESULT in 2.1 names the call it ends, and so does a broken one in 1.6', () => {
    for (const version of OCPP_VERSIONS)
      expect(parseFrame('[3,"42",[]]', version)).toMatchObject({ kind: 'invalid', messageType: 3, messageId: '42' });
  });

  it('of type SEND gets no answer', () => {
    for (const text of ['[6,"1","X"]', '[6,"1","X",[]]', '[6,"1","X",{"a":}]', '[6,null,"X",{}]'])
      expect(refusal(text, '2.1')).toEqual([expect.any(String), undefined]);
  });

  it('never has its content in the answer or the description', () => {
    for (const version of OCPP_VERSIONS)
      for (const text of ['[2,"1","X",{"secret":}]', '[2,"1","secret",5]', '{"secret":1}', '[2,"1","X",{},"secret"]'])
        expect(JSON.stringify(parseFrame(text, version))).not.toContain('secret');
  });
});
