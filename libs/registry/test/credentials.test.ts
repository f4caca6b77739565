import { createSeededRandom } from '@voltlane/time';
import { describe, expect, it } from 'vitest';
import { hashPassword, type StoredPassword, storePassword, verifyPassword } from '../src/index.ts';

const random = createSeededRandom(11);
const KEY = Buffer.from('00ff10a9b8c7d6e5f4031221304f5e6d7c8b9aff', 'hex');

function stored(text: string): StoredPassword {
  const password = storePassword(text, random);
  if (password === undefined) throw new Error('not stored');
  return password;
}

/** A record of raw bytes, as written by somebody who hashes a key directly. */
function storedBytes(bytes: Uint8Array): StoredPassword {
  const salt = random.bytes(16);
  return { salt: Buffer.from(salt).toString('hex'), hash: hashPassword(bytes, salt).toString('hex') };
}

describe('hashPassword', () => {
  it('is HMAC-SHA-256 keyed with the salt (RFC 4231, case 2)', () => {
    expect(hashPassword(Buffer.from('what do ya want for nothing?'), Buffer.from('Jefe')).toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('verifyPassword', () => {
  it('takes the text it was registered with and nothing else', () => {
    const record = stored('correct horse battery');
    expect(verifyPassword(record, Buffer.from('correct horse battery'))).toBe(true);
    expect(verifyPassword(record, Buffer.from('correct horse batterY'))).toBe(false);
    expect(verifyPassword(record, Buffer.from('correct horse batter'))).toBe(false);
    expect(verifyPassword(record, Buffer.alloc(0))).toBe(false);
    expect(verifyPassword(record, Buffer.alloc(256, 0x61))).toBe(false);
  });

  it('takes bytes and hex digits of a key, in either case, whichever was registered', () => {
    const digits = KEY.toString('hex');
    for (const record of [stored(digits), stored(digits.toUpperCase()), storedBytes(KEY)]) {
      expect(verifyPassword(record, KEY)).toBe(true);
      expect(verifyPassword(record, Buffer.from(digits))).toBe(true);
      expect(verifyPassword(record, Buffer.from(digits.toUpperCase()))).toBe(true);
      expect(verifyPassword(record, Buffer.from(`${digits.slice(0, -1)}0`))).toBe(false);
      expect(verifyPassword(record, Buffer.from(KEY).reverse())).toBe(false);
    }
  });

  it('takes the hex digits of a 16-character text', () => {
    expect(
      verifyPassword(stored('sixteen chars ok'), Buffer.from(Buffer.from('sixteen chars ok').toString('hex'))),
    ).toBe(true);
  });

  it.each([31, 33, 41, 42])('does not decode %d hex digits', (count) => {
    const text = 'a'.repeat(count);
    const record = stored(text);
    expect(verifyPassword(record, Buffer.from(text))).toBe(true);
    expect(verifyPassword(record, Buffer.from(text.slice(0, -1), 'hex'))).toBe(false);
    expect(verifyPassword(record, Buffer.from(text.toUpperCase()))).toBe(false);
  });

  it('never takes anything for an unknown charger, also what hashes to nothing', () => {
    expect(verifyPassword(undefined, Buffer.from('anything'))).toBe(false);
    expect(verifyPassword(undefined, Buffer.alloc(16))).toBe(false);
  });

  it('never takes anything for a damaged hash', () => {
    expect(verifyPassword({ salt: '00'.repeat(16), hash: '' }, Buffer.from('x'))).toBe(false);
    expect(verifyPassword({ salt: '', hash: 'zz'.repeat(32) }, Buffer.from('x'))).toBe(false);
  });
});

describe('storePassword', () => {
  it('salts: the same password is stored differently each time', () => {
    expect(stored('same password here').hash).not.toBe(stored('same password here').hash);
  });

  it('refuses nothing and too much', () => {
    expect(storePassword('', random)).toBeUndefined();
    expect(storePassword('x'.repeat(256), random)).toBeUndefined();
  });
});
