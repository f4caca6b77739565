/** What is about frames; what a secret is, is told by the tests of secrets.ts in libs/ocpp. */
import type { OcppVersion } from '@voltlane/ocpp';
import { describe, expect, it } from 'vitest';
import { showFrame } from '../src/secret-mask.ts';

const SECRET = 'hunter2-Gr8';

const shown = (text: string, version: OcppVersion = '1.6', quotable = true): string =>
  showFrame(text, version, () => quotable).text;

const VARIABLE = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
/** The flattened JWS a signed message carries. */
const signed = (payload: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return JSON.stringify({ protected: part({ alg: 'ES256' }), payload: part(payload), signature: part({ s: 1 }) });
};

/** Frames that hold a secret, what must be left of them, and what must not be lost. */
const SECRETS: readonly (readonly [what: string, version: OcppVersion, text: string, kept: string])[] = [
  [
    'a CALL',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"${SECRET}"}]`,
    '[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
  ],
  [
    'a name in escapes',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"\\u0041uthorizationKey","value":"${SECRET}"}]`,
    '"value":"***"',
  ],
  [
    'a CALLRESULT',
    '1.6',
    `[3,"7",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},{"key":"AuthorizationKey","readonly":false,"value":"${SECRET}"}]}]`,
    '[3,"7",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},',
  ],
  [
    'a SEND',
    '2.1',
    `[6,"7","NotifyPeriodicEventStream",{"customData":{"vendorId":"v","password":"${SECRET}"}}]`,
    '[6,"7","NotifyPeriodicEventStream",{"customData":{"vendorId":"v","password":"***"}}]',
  ],
  [
    'a CALLERROR',
    '1.6',
    `[4,"7","GenericError","see ftp://log:${SECRET}@files.example",{"password":"${SECRET}"}]`,
    '[4,"7","GenericError","see ftp://***@files.example",{"password":"***"}]',
  ],
  [
    'a signed message',
    '2.0.1',
    `[2,"7","SetVariables-Signed",${signed({ setVariableData: [{ ...VARIABLE, attributeValue: SECRET }] })}]`,
    '"SetVariables-Signed",{"setVariableData"',
  ],
  [
    'text that is cut off',
    '1.6',
    `[3,"7",{"configurationKey":[{"key":"AuthorizationKey","value":"${SECRET}`,
    '"***":[{"***":"***","***":"***',
  ],
  [
    'text that is no JSON, in escapes',
    '1.6',
    `[3,"7",{"k\\u0065y":"\\u0041uthorizationKey","value":"${SECRET}"`,
    ':"***',
  ],
  [
    'a frame with too many elements',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"${SECRET}"},1]`,
    '[',
  ],
];

describe('a frame with a secret', () => {
  it.each(SECRETS)('is shown without it: %s', (_what, version, text, kept) => {
    const frame = showFrame(text, version, () => true);
    expect(frame.masked).toBe(true);
    expect(frame.text).toContain(kept);
    for (const secret of [SECRET, Buffer.from(SECRET).toString('base64url')]) expect(frame.text).not.toContain(secret);
  });

  it('keeps every digit of what is shown', () => {
    const text = `[2,"7","DataTransfer",{"vendorId":"v","big":9223372036854775807,"password":"${SECRET}"}]`;
    expect(shown(text)).toBe('[2,"7","DataTransfer",{"vendorId":"v","big":9223372036854775807,"password":"***"}]');
  });
});

describe('an answer', () => {
  const error = `[4,"7","PropertyConstraintViolation","${SECRET} is too short",{"got":"${SECRET}"}]`;
  const result = `[3,"7",{"status":"Rejected","statusInfo":{"reasonCode":"Weak","additionalInfo":"${SECRET}"}}]`;

  it.each([error, result])('is shown whole when its CALL was seen and held no secret: %s', (text) => {
    expect(shown(text)).toBe(text);
  });

  it('is shown without its texts when it may quote a secret', () => {
    expect(shown(error, '1.6', false)).toBe('[4,"7","PropertyConstraintViolation","***",{}]');
    expect(shown(error.replace('[4', '[5'), '2.1', false)).toBe('[5,"7","PropertyConstraintViolation","***",{}]');
    expect(shown(error.replace('PropertyConstraintViolation', SECRET), '1.6', false)).toBe('[4,"7","***","***",{}]');
    expect(shown(result, '2.0.1', false)).toBe(
      '[3,"7",{"status":"Rejected","statusInfo":{"reasonCode":"Weak","additionalInfo":"***"}}]',
    );
  });
});

describe('a frame without a secret', () => {
  it.each([
    ['[2,"1", "Authorize" ,{"idTag" : "04A1B2C3D4"}]', '1.6'],
    ['[2,"1","StartTransaction",{"connectorId":1,"idTag":"TAG","meterStart":9223372036854775807}]', '1.6'],
    ['[3,"1",{"configurationKey":[],"unknownKey":["AuthorizationKey"]}]', '1.6'],
    ['[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]', '1.6'],
    ['[2,"1","DataTransfer",{"vendorId":"v","data":"[not json"}]', '1.6'],
    [`[2,"1","GetVariables",${JSON.stringify({ getVariableData: [VARIABLE] })}]`, '2.0.1'],
    ['[2,"1","Heartbeat"', '2.1'],
    ['hello', '1.6'],
  ] as const)('is shown as it is: %s', (text, version) => {
    const { masked, text: same } = showFrame(text, version, () => true);
    expect([same, masked]).toEqual([text, false]);
  });

  it('says why it is none, when it is none', () => {
    expect(showFrame('[2,"1","Heartbeat"', '1.6', () => true).invalid).toBe('malformed-json');
    expect(showFrame('[2,"1","Heartbeat",{}]', '1.6', () => true)).toMatchObject({ invalid: undefined, callId: '1' });
  });
});
