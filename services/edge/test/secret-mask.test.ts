import type { OcppVersion } from '@voltlane/ocpp';
import { describe, expect, it } from 'vitest';
import { showFrame, showUnreadable } from '../src/secret-mask.ts';

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
    'ChangeConfiguration',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"${SECRET}"}]`,
    '"key":"AuthorizationKey","value":"***"',
  ],
  [
    'the key in another case',
    '1.6',
    `[2,"7","ChangeConfiguration",{"value":"${SECRET}","key":"authorizationkey"}]`,
    '"value":"***","key":"authorizationkey"',
  ],
  [
    'the key in escapes',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"\\u0041uthorizationKey","value":"${SECRET}"}]`,
    '"value":"***"',
  ],
  [
    'a key of a maker',
    '1.6',
    `[2,"7","ChangeConfiguration",{"key":"WiFi.Password","value":"${SECRET}"}]`,
    'WiFi.Password',
  ],
  [
    'an answer to GetConfiguration',
    '1.6',
    `[3,"7",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"},{"key":"AuthorizationKey","readonly":false,"value":"${SECRET}"}]}]`,
    '"value":"300"',
  ],
  [
    'SetVariables',
    '2.0.1',
    `[2,"7","SetVariables",${JSON.stringify({ setVariableData: [{ ...VARIABLE, attributeValue: SECRET }] })}]`,
    '"attributeValue":"***"',
  ],
  [
    'an answer to SetVariables that quotes it',
    '2.0.1',
    `[3,"7",${JSON.stringify({ setVariableResult: [{ ...VARIABLE, attributeStatus: 'Rejected', attributeStatusInfo: { reasonCode: 'TooWeak', additionalInfo: SECRET } }] })}]`,
    'TooWeak',
  ],
  [
    'an answer to GetVariables',
    '2.1',
    `[3,"7",${JSON.stringify({ getVariableResult: [{ ...VARIABLE, attributeStatus: 'Accepted', attributeValue: SECRET }] })}]`,
    '"attributeStatus":"Accepted"',
  ],
  [
    'NotifyReport',
    '2.0.1',
    `[2,"7","NotifyReport",${JSON.stringify({ requestId: 1, reportData: [{ ...VARIABLE, variableAttribute: [{ type: 'Actual', value: SECRET }] }] })}]`,
    '"type":"Actual"',
  ],
  [
    'NotifyEvent',
    '2.0.1',
    `[2,"7","NotifyEvent",${JSON.stringify({ eventData: [{ ...VARIABLE, trigger: 'Delta', actualValue: SECRET }] })}]`,
    '"trigger":"Delta"',
  ],
  [
    'a network profile',
    '2.1',
    `[2,"7","SetNetworkProfile",${JSON.stringify({ connectionData: { basicAuthPassword: SECRET, apn: { apnPassword: SECRET }, vpn: { user: 'u', password: SECRET, key: SECRET } } })}]`,
    '"user":"u"',
  ],
  [
    'a URL',
    '1.6',
    `[2,"7","GetDiagnostics",{"location":"ftp://log:${SECRET}@files.example/up"}]`,
    'ftp://***@files.example/up',
  ],
  [
    'JSON inside of text',
    '1.6',
    `[2,"7","DataTransfer",{"vendorId":"v","data":${JSON.stringify(JSON.stringify({ password: SECRET, mode: 3 }))}}]`,
    'mode',
  ],
  [
    'a number for a text',
    '1.6',
    '[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":11112222}]',
    '"value":"***"',
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
    for (const secret of [SECRET, '11112222', Buffer.from(SECRET).toString('base64url')])
      expect(frame.text).not.toContain(secret);
  });

  it('keeps every digit of what is shown', () => {
    const text = `[2,"7","DataTransfer",{"vendorId":"v","big":9223372036854775807,"password":"${SECRET}"}]`;
    expect(shown(text)).toBe('[2,"7","DataTransfer",{"vendorId":"v","big":9223372036854775807,"password":"***"}]');
  });
});

describe('a CALLERROR', () => {
  const error = `[4,"7","PropertyConstraintViolation","${SECRET} is too short",{"got":"${SECRET}"}]`;

  it('is shown whole when its CALL was seen and held no secret', () => {
    expect(shown(error)).toBe(error);
  });

  it('is shown without its texts when it may quote a secret', () => {
    expect(shown(error, '1.6', false)).toBe('[4,"7","PropertyConstraintViolation","***",{}]');
  });
});

describe('a frame without a secret', () => {
  it.each([
    ['[2,"1", "Authorize" ,{"idTag" : "04A1B2C3D4"}]', '1.6'],
    ['[2,"1","StartTransaction",{"connectorId":1,"idTag":"TAG","meterStart":9223372036854775807}]', '1.6'],
    ['[3,"1",{"configurationKey":[],"unknownKey":["AuthorizationKey"]}]', '1.6'],
    ['[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]', '1.6'],
    [
      '[2,"1","UpdateFirmware",{"location":"https://files.example:8443/a@b/c","retrieveDate":"2026-01-01T00:00:00Z"}]',
      '1.6',
    ],
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

it('bytes that are no UTF-8 are searched as well', () => {
  const text = new TextDecoder().decode(
    Buffer.concat([Buffer.from(`{"password":"${SECRET}`), Buffer.from([0xff, 0xfe])]),
  );
  expect(showUnreadable(text)).toBe('{"***":"***');
  expect(showUnreadable('Köln \uFFFD')).toBe('Köln \uFFFD');
});
