/**
 * Passwords of HTTP Basic authentication. Owns how they are stored and compared; never keeps or shows one.
 *
 * What is stored: HMAC-SHA-256 of the password bytes, keyed with a random salt. OCPP keys are random and at least 16 bytes, so a
 * slow hash would add nothing and cost an hour of core time in a reconnect storm; short passwords invented by people are weak here.
 *
 * Two spellings of one key: 1.6 hands the key to the charger as 32–40 hex digits (ChangeConfiguration `AuthorizationKey`), and
 * chargers log in with either the decoded bytes (as OCTT wants) or the digits themselves.
 * 1. Registering: 32–40 hex digits, an even number, are stored as the hash of the decoded bytes; any other text as the hash of its UTF-8.
 * 2. Logging in: what is presented matches as it is, or decoded when it is 32–40 hex digits.
 * So bytes and digits both match, whichever was registered. A consequence: digits match in either case.
 *
 * Every check does the same work (two hashes, two comparisons), also without a record, so that its duration does not tell whether
 * an identity exists or which spelling it uses.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Random } from '@voltlane/time';
import { fieldError, isJsonObject, readHex } from './record-fields.ts';

/** A password as it is stored: hex digits of the salt and of the hash. */
export interface StoredPassword {
  readonly salt: string;
  readonly hash: string;
}

/** Longest password taken, bytes (2.1 allows 64 characters). */
export const PASSWORD_BYTES_MAX = 255;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const HEX_KEY_CHARS_MIN = 32;
const HEX_KEY_CHARS_MAX = 40;

/** Compared with when there is no record. */
const NOBODY: StoredPassword = { salt: '00'.repeat(SALT_BYTES), hash: '00'.repeat(HASH_BYTES) };

/** Hash of password bytes. */
export function hashPassword(password: Uint8Array, salt: Uint8Array): Buffer {
  // As a key object, which takes a quarter of the time.
  return createHmac('sha256', createSecretKey(salt)).update(password).digest();
}

/** What to store for a password as a person or a backend writes it. Undefined when it is empty or too long. */
export function storePassword(text: string, random: Random): StoredPassword | undefined {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === 0 || bytes.length > PASSWORD_BYTES_MAX) return undefined;
  const salt = random.bytes(SALT_BYTES);
  const hash = hashPassword(isHexKey(bytes) ? unhex(bytes) : bytes, salt);
  return { salt: Buffer.from(salt).toString('hex'), hash: hash.toString('hex') };
}

/** True when the password bytes of a login match what is stored; false, after as much work, when nothing is. */
export function verifyPassword(stored: StoredPassword | undefined, presented: Uint8Array): boolean {
  const { salt, hash } = stored ?? NOBODY;
  const saltBytes = Buffer.from(salt, 'hex');
  const expected = Buffer.alloc(HASH_BYTES);
  expected.write(hash, 'hex');
  const fits = presented.length > 0 && presented.length <= PASSWORD_BYTES_MAX;
  const input = fits ? presented : new Uint8Array(SALT_BYTES);
  const asGiven = timingSafeEqual(hashPassword(input, saltBytes), expected);
  const asDecoded = timingSafeEqual(hashPassword(isHexKey(input) ? unhex(input) : input, saltBytes), expected);
  // No short circuit above; here nothing is left to tell.
  return (asGiven || asDecoded) && fits && stored !== undefined && hash.length === HASH_BYTES * 2;
}

/** The stored password in a record, checked. */
export function readStoredPassword(value: unknown): StoredPassword {
  // The value is not shown, whatever it is.
  if (!isJsonObject(value)) throw fieldError('password', undefined, 'an object of salt and hash');
  return { salt: readHex(value, 'salt', 8, 64), hash: readHex(value, 'hash', HASH_BYTES, HASH_BYTES) };
}

function isHexKey(bytes: Uint8Array): boolean {
  if (bytes.length < HEX_KEY_CHARS_MIN || bytes.length > HEX_KEY_CHARS_MAX || bytes.length % 2 !== 0) return false;
  let valid = true;
  for (const byte of bytes) {
    const digit = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
    valid = valid && digit;
  }
  return valid;
}

function unhex(digits: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(digits).toString('latin1'), 'hex');
}
