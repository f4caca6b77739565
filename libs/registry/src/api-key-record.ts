/**
 * A key of the HTTP api as it is stored, and the text its holder presents: `vl_<id>_<secret>`. The secret is 32 random bytes, so a salted
 * HMAC-SHA-256 is enough: there is nothing to guess that a slow hash would have to protect.
 */
import { timingSafeEqual } from 'node:crypto';
import { isoTime, parseIsoTime, type Random, randomId } from '@voltlane/time';
import { isTenant, type Tenant } from '@voltlane/wire';
import { hashPassword } from './credentials.ts';
import {
  checkVersion,
  fieldError,
  type JsonObject,
  parseJsonObject,
  readChoice,
  readHex,
  readText,
} from './record-fields.ts';

/** Roles of keys, from little to much. */
export const API_ROLES = ['viewer', 'operator', 'admin'] as const;

/** One of `API_ROLES`. */
export type ApiRole = (typeof API_ROLES)[number];

/** Stands for every tenant. */
export const ALL_TENANTS = '*';

/** One key. */
export interface ApiKeyRecord {
  readonly id: string;
  /** For people: who holds it. */
  readonly name: string;
  readonly tenant: Tenant | typeof ALL_TENANTS;
  readonly role: ApiRole;
  /** Hex digits of the salt and of the secret's hash. */
  readonly salt: string;
  readonly hash: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** ISO 8601 UTC; from then on it does not count. Absent: never. */
  readonly expiresAt?: string;
}

/** What a new key is made from. */
export type ApiKeyFacts = Pick<ApiKeyRecord, 'name' | 'tenant' | 'role' | 'expiresAt'>;

/** Characters of a key's name at most. */
export const API_KEY_NAME_CHARS_MAX = 64;

const VERSION = 1;
const ID_CHARS = 12;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SECRET_BYTES = 32;
const ID = /^[0-9a-z]{12}$/;
const TOKEN = /^vl_([0-9a-z]{12})_([A-Za-z0-9_-]{43})$/;

/** A new key and the text for its holder, which cannot be had again. */
export function newApiKey(facts: ApiKeyFacts, nowMs: number, random: Random): { record: ApiKeyRecord; token: string } {
  const id = randomId(random, ID_CHARS);
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
  const salt = Buffer.from(random.bytes(SALT_BYTES));
  const hash = hashPassword(Buffer.from(secret, 'latin1'), salt);
  const record = readApiKeyRecord({
    ...facts,
    id,
    salt: salt.toString('hex'),
    hash: hash.toString('hex'),
    createdAt: isoTime(nowMs),
  });
  return { record, token: `vl_${id}_${secret}` };
}

/** The parts of a presented text, or undefined when it has not the form of a stored key. */
export function parseApiToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** True when the secret is the key's; takes the same time for every secret. */
export function isSecretOf(record: Pick<ApiKeyRecord, 'salt' | 'hash'>, secret: string): boolean {
  const hash = hashPassword(Buffer.from(secret, 'latin1'), Buffer.from(record.salt, 'hex'));
  return timingSafeEqual(hash, Buffer.from(record.hash, 'hex'));
}

/** True from the moment it does not count any more. */
export function isExpired(record: Pick<ApiKeyRecord, 'expiresAt'>, nowMs: number): boolean {
  const endMs = record.expiresAt === undefined ? undefined : parseIsoTime(record.expiresAt);
  return endMs !== undefined && nowMs >= endMs;
}

/** JSON bytes of a key. RegistryError `invalid-record` when a field breaks its rule. */
export function encodeApiKeyRecord(record: ApiKeyRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...readApiKeyRecord({ ...record }) }), 'utf8');
}

/** The key of stored bytes. RegistryError `invalid-record` or `newer-version`. */
export function decodeApiKeyRecord(bytes: Uint8Array): ApiKeyRecord {
  const json = parseJsonObject(bytes, 'api key');
  checkVersion(json, VERSION, 'api key');
  return readApiKeyRecord(json);
}

function readApiKeyRecord(json: JsonObject): ApiKeyRecord {
  const { id, tenant } = json;
  if (typeof id !== 'string' || !ID.test(id)) throw fieldError('id', id, `${ID_CHARS} of 0-9 a-z`);
  if (typeof tenant !== 'string' || !(tenant === ALL_TENANTS || isTenant(tenant))) {
    throw fieldError('tenant', tenant, `a tenant or ${ALL_TENANTS}`);
  }
  return {
    id,
    name: readText(json, 'name', API_KEY_NAME_CHARS_MAX),
    tenant,
    role: readChoice(json, 'role', API_ROLES),
    salt: readHex(json, 'salt', SALT_BYTES, SALT_BYTES),
    hash: readHex(json, 'hash', HASH_BYTES, HASH_BYTES),
    createdAt: readTime(json, 'createdAt'),
    ...(json['expiresAt'] === undefined ? {} : { expiresAt: readTime(json, 'expiresAt') }),
  };
}

function readTime(json: JsonObject, name: string): string {
  const value = json[name];
  const ms = typeof value === 'string' ? parseIsoTime(value) : undefined;
  if (ms === undefined) throw fieldError(name, value, 'a time in ISO 8601, for instance 2030-12-31T23:59:59Z');
  return isoTime(ms);
}
