import { describe, expect, it } from 'vitest';
import {
  type ChargerRecord,
  decodeChargerRecord,
  decodeTokenRecord,
  encodeChargerRecord,
  encodeTokenRecord,
  RegistryError,
  readChargerRecord,
  readTokenRecord,
  type TokenRecord,
} from '../src/index.ts';

const CHARGER: ChargerRecord = {
  chargerId: 'CP 1',
  password: { salt: 'ab'.repeat(16), hash: 'cd'.repeat(32) },
  allowedVersions: ['1.6', '2.1'],
  securityProfile: 2,
  registration: 'Pending',
  strictness: 'lenient',
  heartbeatIntervalS: 60,
  closeBy: 'terminate',
  labels: { site: 'north' },
};

const TOKEN: TokenRecord = {
  idToken: 'ABC',
  type: 'ISO14443',
  status: 'Accepted',
  expiryDate: '2030-12-31T23:59:59.000Z',
  parentIdToken: 'G',
  labels: { holder: 'x' },
};

describe('a charger record', () => {
  it('comes back from its bytes as it went', () => {
    expect(decodeChargerRecord(encodeChargerRecord(CHARGER))).toEqual(CHARGER);
  });

  it('has a stored form that stays', () => {
    expect(Buffer.from(encodeChargerRecord(CHARGER)).toString()).toBe(
      `{"v":1,"chargerId":"CP 1","password":{"salt":"${'ab'.repeat(16)}","hash":"${'cd'.repeat(32)}"},` +
        '"allowedVersions":["1.6","2.1"],"securityProfile":2,"registration":"Pending","strictness":"lenient",' +
        '"heartbeatIntervalS":60,"closeBy":"terminate","labels":{"site":"north"}}',
    );
  });

  it('ignores fields of a later release', () => {
    const bytes = Buffer.from(JSON.stringify({ v: 1, ...CHARGER, novelty: true }));
    expect(decodeChargerRecord(bytes)).toEqual(CHARGER);
  });

  it.each([
    ['chargerId', 'a/b', 'chargerId is "a/b", expected 1 to 255 bytes of text without "/" and control characters'],
    [
      'chargerId',
      undefined,
      'chargerId is missing, expected 1 to 255 bytes of text without "/" and control characters',
    ],
    ['registration', 'accepted', 'registration is "accepted", expected one of Accepted, Pending, Rejected'],
    ['strictness', 1, 'strictness is 1, expected one of strict, lenient'],
    ['securityProfile', '1', 'securityProfile is "1", expected a security profile 0, 1, 2 or 3'],
    ['allowedVersions', ['1.5'], 'allowedVersions is ["1.5"], expected a list of some of 1.6, 2.0.1, 2.1'],
    ['allowedVersions', [], 'allowedVersions is [], expected a list of some of 1.6, 2.0.1, 2.1'],
    ['heartbeatIntervalS', 0, 'heartbeatIntervalS is 0, expected a whole number from 1 to 604800'],
    ['closeBy', 'reset', 'closeBy is "reset", expected one of close, terminate'],
    ['labels', { a: 1 }, 'labels.a is 1, expected text of up to 256 characters'],
    ['password', 'secret', 'password is missing, expected an object of salt and hash'],
    ['password', { salt: 'secret', hash: 'cd'.repeat(32) }, 'salt is not 8 to 64 bytes in hex digits'],
    ['password', { salt: 'ab'.repeat(16), hash: 'secret' }, 'hash is not 32 to 32 bytes in hex digits'],
  ])('with a wrong %s (%j) is refused with a word on what was expected', (name, value, message) => {
    const json = { ...CHARGER, [name]: value };
    expect(() => readChargerRecord(json)).toThrow(RegistryError);
    expect(() => readChargerRecord(json)).toThrow(message);
    expect(message).not.toContain('secret');
  });

  it.each([
    ['', 'charger record is not JSON'],
    ['[]', 'charger record is not a JSON object'],
    ['{}', 'v is missing, expected a version from 1'],
    ['{"v":2}', 'charger record has version 2, this process reads up to 1'],
  ])('is refused as bytes %j', (text, message) => {
    expect(() => decodeChargerRecord(Buffer.from(text))).toThrow(message);
  });
});

describe('a token record', () => {
  it('comes back from its bytes as it went', () => {
    expect(decodeTokenRecord(encodeTokenRecord(TOKEN))).toEqual(TOKEN);
    expect(decodeTokenRecord(encodeTokenRecord({ idToken: 'x', status: 'Blocked' }))).toEqual({
      idToken: 'x',
      status: 'Blocked',
    });
  });

  it('keeps its expiry date in UTC', () => {
    expect(readTokenRecord({ ...TOKEN, expiryDate: '2031-01-01T00:59:59+01:00' })).toEqual(TOKEN);
  });

  it.each([
    ['idToken', '', 'idToken is "", expected text of 1 to 255 characters'],
    ['idToken', '  ', 'idToken is "  ", expected more than blanks'],
    ['status', 'accepted', 'status is "accepted", expected one of Accepted, Blocked'],
    ['expiryDate', 'tomorrow', 'expiryDate is "tomorrow", expected a time in ISO 8601'],
    ['type', 'x'.repeat(21), 'expected text of 1 to 20 characters'],
    ['parentIdToken', 5, 'parentIdToken is 5, expected text of 1 to 255 characters'],
  ])('with a wrong %s (%j) is refused', (name, value, message) => {
    expect(() => readTokenRecord({ ...TOKEN, [name]: value })).toThrow(message);
  });
});
