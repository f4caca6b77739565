import { describe, expect, it } from 'vitest';
import { maskAnswer, maskError, maskSecrets, maskUnreadable, parseJson, stringifyJson } from '../src/index.ts';

const SECRET = 'hunter2-Gr8';
const VARIABLE = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };
const PLAIN_VARIABLE = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };

const setting = (key: string, value: unknown): object => ({ key, value });

/** Payloads that hold a secret, and what is to be left of them. */
const SECRETS: readonly (readonly [what: string, payload: unknown, shown: unknown])[] = [
  ['ChangeConfiguration', setting('AuthorizationKey', SECRET), setting('AuthorizationKey', '***')],
  ['the key in another case', setting('authorizationKEY', SECRET), setting('authorizationKEY', '***')],
  ['a key of a maker', setting('WiFi.Password', SECRET), setting('WiFi.Password', '***')],
  ['a number for a text', setting('AuthorizationKey', 11_112_222), setting('AuthorizationKey', '***')],
  [
    'an answer to GetConfiguration, and nothing else in it',
    { configurationKey: [setting('HeartbeatInterval', '300'), setting('AuthorizationKey', SECRET)] },
    { configurationKey: [setting('HeartbeatInterval', '300'), setting('AuthorizationKey', '***')] },
  ],
  [
    'SetVariables, and nothing else in it',
    {
      setVariableData: [
        { ...VARIABLE, attributeValue: SECRET },
        { ...PLAIN_VARIABLE, attributeValue: '5' },
      ],
    },
    {
      setVariableData: [
        { ...VARIABLE, attributeValue: '***' },
        { ...PLAIN_VARIABLE, attributeValue: '5' },
      ],
    },
  ],
  [
    'an answer to SetVariables that quotes it',
    {
      setVariableResult: [{ ...VARIABLE, attributeStatusInfo: { reasonCode: 'TooWeak', additionalInfo: SECRET } }],
    },
    { setVariableResult: [{ ...VARIABLE, attributeStatusInfo: { reasonCode: 'TooWeak', additionalInfo: '***' } }] },
  ],
  [
    'an answer to GetVariables',
    { getVariableResult: [{ ...VARIABLE, attributeStatus: 'Accepted', attributeValue: SECRET }] },
    { getVariableResult: [{ ...VARIABLE, attributeStatus: 'Accepted', attributeValue: '***' }] },
  ],
  [
    'NotifyReport',
    { reportData: [{ ...VARIABLE, variableAttribute: [{ type: 'Actual', value: SECRET }] }] },
    { reportData: [{ ...VARIABLE, variableAttribute: [{ type: 'Actual', value: '***' }] }] },
  ],
  [
    'NotifyEvent',
    { eventData: [{ ...VARIABLE, trigger: 'Delta', actualValue: SECRET }] },
    { eventData: [{ ...VARIABLE, trigger: 'Delta', actualValue: '***' }] },
  ],
  [
    'a network profile',
    {
      connectionData: {
        basicAuthPassword: SECRET,
        apn: { apnPassword: SECRET },
        vpn: { user: 'u', password: SECRET, key: SECRET },
      },
    },
    {
      connectionData: {
        basicAuthPassword: '***',
        apn: { apnPassword: '***' },
        vpn: { user: 'u', password: '***', key: '***' },
      },
    },
  ],
  ['a secret that is not there', { password: null, apiKey: SECRET }, { password: null, apiKey: '***' }],
  [
    'a URL, which may have an @ further on',
    { location: `ftp://log:${SECRET}@files.example/up?x=a@b` },
    { location: 'ftp://***@files.example/up?x=a@b' },
  ],
  [
    'JSON inside of text',
    { data: JSON.stringify({ password: SECRET, mode: 3 }) },
    { data: JSON.stringify({ password: '***', mode: 3 }) },
  ],
  ['text that is cut off', { data: `{"password":"${SECRET}` }, { data: '{"***":"***' }],
];

describe('a payload with a secret', () => {
  it.each(SECRETS)('is shown without it: %s', (_what, payload, shown) => {
    expect(maskSecrets(payload)).toEqual(shown);
  });

  it.each([
    'WebPassword',
    'WifiPasswd',
    'Passphrase',
    'SharedSecret',
    'AuthorizationKey',
    'PreSharedKey',
    'ApiKey',
    'WPA2-PSK',
  ])('is known by the name %s, in any case', (name) => {
    for (const key of [name, name.toUpperCase(), name.toLowerCase()]) {
      expect(maskSecrets([setting(key, SECRET), { [key]: SECRET }])).toEqual([setting(key, '***'), { [key]: '***' }]);
    }
  });

  it('keeps every digit of what is shown', () => {
    const payload = parseJson(`{"big":9223372036854775807,"password":"${SECRET}"}`);
    expect(stringifyJson(maskSecrets(payload))).toBe('{"big":9223372036854775807,"password":"***"}');
  });

  it('is left as it was itself', () => {
    const payload = setting('AuthorizationKey', SECRET);
    maskSecrets(payload);
    expect(payload).toEqual(setting('AuthorizationKey', SECRET));
  });
});

describe('a payload without a secret', () => {
  it.each([
    { idTag: '04A1B2C3D4' },
    { connectorId: 1, meterStart: 9223372036854775807n },
    { configurationKey: [], unknownKey: ['AuthorizationKey'] },
    { key: ['AuthorizationKey'] },
    { location: 'https://files.example:8443/a@b/c' },
    { vendorId: 'v', data: '[not json' },
    { getVariableData: [VARIABLE] },
  ])('is the very same: %o', (payload) => {
    expect(maskSecrets(payload)).toBe(payload);
  });
});

describe('an answer', () => {
  const profile = { status: 'Rejected', statusInfo: { reasonCode: 'Weak', additionalInfo: `${SECRET} is weak` } };
  const vendors = { status: 'Accepted', data: SECRET, customData: { vendorId: 'v', got: [SECRET] } };

  it('is shown whole when its request held no secret', () => {
    expect(maskAnswer(profile, true)).toBe(profile);
    expect(maskAnswer(vendors, true)).toBe(vendors);
  });

  it('is shown without its own secrets all the same', () => {
    expect(maskAnswer(setting('AuthorizationKey', SECRET), true)).toEqual(setting('AuthorizationKey', '***'));
    expect(maskAnswer(setting('AuthorizationKey', SECRET), false)).toEqual(setting('AuthorizationKey', '***'));
  });

  it('is shown without its free texts when they may quote a secret', () => {
    const statusInfo = { reasonCode: 'Weak', additionalInfo: '***' };
    expect(maskAnswer(profile, false)).toEqual({ status: 'Rejected', statusInfo });
    expect(maskAnswer(vendors, false)).toEqual({ status: 'Accepted', data: '***', customData: '***' });
  });

  it('that has none is the very same', () => {
    const answer = { configurationKey: [setting('HeartbeatInterval', '300')] };
    expect(maskAnswer(answer, false)).toBe(answer);
  });
});

describe('an error', () => {
  const error = { code: 'SecurityError', description: `${SECRET} is weak`, details: { got: SECRET } };

  it('is shown whole when its request held no secret', () => {
    expect(maskError(error, true)).toEqual(error);
  });

  it('is shown without its own secrets all the same', () => {
    const description = `see ftp://log:${SECRET}@files.example`;
    const details = { payload: { configurationKey: [setting('AuthorizationKey', SECRET)] } };
    expect(maskError({ ...error, description, details }, true)).toEqual({
      code: 'SecurityError',
      description: 'see ftp://***@files.example',
      details: { payload: { configurationKey: [setting('AuthorizationKey', '***')] } },
    });
  });

  it('is shown as its code when it may quote a secret', () => {
    expect(maskError(error, false)).toEqual({ code: 'SecurityError', description: '***', details: {} });
  });

  it('with a code of its own may quote one there', () => {
    expect(maskError({ ...error, code: SECRET }, false).code).toBe('***');
    expect(maskError({ ...error, code: 'TooWeak' }, true).code).toBe('TooWeak');
  });
});

describe('text that cannot be parsed', () => {
  it.each([
    [`{"password":"${SECRET}\uFFFD`, '{"***":"***'],
    [`{"k\\u0065y":"\\u0041uthorizationKey","value":"${SECRET}"`, '{"***\\***":"\\***","***":"***"'],
    [`{"vpn":{"key":"${SECRET}"`, '{"***":{"***":"***"'],
  ])('is shown as its structure when it names a secret: %s', (text, shown) => {
    expect(maskUnreadable(text)).toBe(shown);
  });

  it('is shown without the credentials of a URL, also between escaped slashes', () => {
    expect(maskUnreadable(`{"at":"ftp:\\/\\/log:${SECRET}@files.example`)).toBe('{"at":"ftp:\\/\\/***@files.example');
  });

  it.each(['[2,"1","Heartbeat"', 'Köln \uFFFD'])('is shown as it is when it names none: %s', (text) => {
    expect(maskUnreadable(text)).toBe(text);
  });
});
