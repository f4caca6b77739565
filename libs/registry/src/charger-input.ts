/**
 * A charger as people and backends write it, in a seed file, an import or a request: the fields of its record, with a plain password.
 * Fills in what is left out: registration Accepted, strictness strict, securityProfile 1 with a password and 0 without. A password that is
 * left out stays what it is, `null` takes it away, so that who reads a record and writes it back locks no charger out.
 */
import type { Random } from '@voltlane/time';
import { type ChargerRecord, readChargerRecord } from './charger-record.ts';
import { RegistryError } from './errors.ts';
import { isJsonObject, type JsonObject, refuseUnknownFields } from './record-fields.ts';
import { SeedPassword } from './seed-password.ts';

/** What was written, checked. */
export interface ChargerInput {
  /** Holds a password only where a stored one was written. */
  readonly record: ChargerRecord;
  readonly password: SeedPassword | 'stored' | 'kept' | 'removed';
  /** False when `record.securityProfile` was filled in. */
  readonly profileGiven: boolean;
}

/** Names that may be written, `chargerId` aside. */
export const CHARGER_INPUT_FIELDS: readonly string[] = [
  'password',
  'allowedVersions',
  'securityProfile',
  'registration',
  'strictness',
  'heartbeatIntervalS',
  'closeBy',
  'quietAfterBootMs',
  'labels',
];

/** Checks the fields of a charger. RegistryError `invalid-record` names the wrong one and never shows a password. */
export function readChargerInput(chargerId: unknown, json: JsonObject): ChargerInput {
  refuseUnknownFields(json, CHARGER_INPUT_FIELDS);
  const { password, ...fields } = json;
  const read = readPassword(password);
  const record = readChargerRecord({
    securityProfile: read === 'kept' || read === 'removed' ? 0 : 1,
    registration: 'Accepted',
    strictness: 'strict',
    ...fields,
    chargerId,
    ...(read === 'stored' ? { password } : {}),
  });
  return { record, password: read, profileGiven: fields['securityProfile'] !== undefined };
}

/** The record to store in place of `stored`. A password that is the stored one keeps its hash, so that the same input changes nothing. */
export function recordToStore(input: ChargerInput, stored: ChargerRecord | undefined, random: Random): ChargerRecord {
  const { record, profileGiven } = input;
  if (input.password === 'stored' || input.password === 'removed') return record;
  if (input.password === 'kept') {
    if (stored?.password === undefined) return record;
    return { ...record, password: stored.password, ...(profileGiven ? {} : { securityProfile: 1 }) };
  }
  const password = input.password.matches(stored?.password) ? stored?.password : input.password.hash(random);
  return password === undefined ? record : { ...record, password };
}

function readPassword(value: unknown): ChargerInput['password'] {
  if (value === undefined) return 'kept';
  if (value === null) return 'removed';
  if (isJsonObject(value)) return 'stored';
  const plain = SeedPassword.from(value);
  if (plain === undefined) throw new RegistryError('invalid-record', 'password is not text of 1 to 255 bytes');
  return plain;
}
