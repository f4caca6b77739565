/** What is known of a token (1.6 idTag, 2.x idToken), and its JSON form in the bucket. */
import { isoTime, parseIsoTime } from '@voltlane/time';
import {
  checkVersion,
  fieldError,
  type JsonObject,
  parseJsonObject,
  readChoice,
  readOptionalLabels,
  readOptionalText,
  readText,
} from './record-fields.ts';

/** Verdicts a token may carry: those of 2.x, which hold 1.6's. */
export const TOKEN_STATUSES = [
  'Accepted',
  'Blocked',
  'ConcurrentTx',
  'Expired',
  'Invalid',
  'NoCredit',
  'NotAllowedTypeEVSE',
  'NotAtThisLocation',
  'NotAtThisTime',
  'Unknown',
] as const;

/** One token. */
export interface TokenRecord {
  /** As registered; compared without regard to case and surrounding blanks. */
  readonly idToken: string;
  /** `IdTokenEnumType` of 2.x, for instance `ISO14443`; 2.1 makes it free text. */
  readonly type?: string;
  readonly status: (typeof TOKEN_STATUSES)[number];
  /** ISO 8601 UTC; the token is expired from then on. */
  readonly expiryDate?: string;
  /** 1.6 `parentIdTag`, 2.x `groupIdToken`. */
  readonly parentIdToken?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Longest token taken, characters (2.1 allows 255). */
export const ID_TOKEN_CHARS_MAX = 255;

/** Version of the stored form. Fields may be added within it; a reader ignores those it does not know. */
const VERSION = 1;
const TYPE_CHARS_MAX = 20;

/** JSON bytes of a record. RegistryError `invalid-record` when a field breaks its rule. */
export function encodeTokenRecord(record: TokenRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ v: VERSION, ...readTokenRecord({ ...record }) }), 'utf8');
}

/** The record of stored bytes. RegistryError `invalid-record` or `newer-version`. */
export function decodeTokenRecord(bytes: Uint8Array): TokenRecord {
  const json = parseJsonObject(bytes, 'token record');
  checkVersion(json, VERSION, 'token record');
  return readTokenRecord(json);
}

/** The record in parsed JSON; fields that are not of a record are left out. RegistryError `invalid-record` naming the field. */
export function readTokenRecord(json: JsonObject): TokenRecord {
  const idToken = readText(json, 'idToken', ID_TOKEN_CHARS_MAX);
  if (idToken.trim() === '') throw fieldError('idToken', idToken, 'more than blanks');
  const type = readOptionalText(json, 'type', TYPE_CHARS_MAX);
  const parentIdToken = readOptionalText(json, 'parentIdToken', ID_TOKEN_CHARS_MAX);
  const labels = readOptionalLabels(json, 'labels');
  return {
    idToken,
    ...(type === undefined ? {} : { type }),
    status: readChoice(json, 'status', TOKEN_STATUSES),
    ...(json['expiryDate'] === undefined ? {} : { expiryDate: readTime(json, 'expiryDate') }),
    ...(parentIdToken === undefined ? {} : { parentIdToken }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function readTime(json: JsonObject, name: string): string {
  const value = json[name];
  const ms = typeof value === 'string' ? parseIsoTime(value) : undefined;
  if (ms === undefined) throw fieldError(name, value, 'a time in ISO 8601, for instance 2030-12-31T23:59:59Z');
  return isoTime(ms);
}
