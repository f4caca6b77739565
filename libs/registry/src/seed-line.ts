/** One line of a seed or an import: a charger or a token as a JSON object. Never repeats the line or a password in a message. */
import { foldCase, isTenant, type Tenant } from '@voltlane/wire';
import { CHARGER_INPUT_FIELDS, type ChargerInput, readChargerInput } from './charger-input.ts';
import { RegistryError } from './errors.ts';
import { fieldError, isJsonObject, type JsonObject, refuseUnknownFields } from './record-fields.ts';
import { readTokenRecord, type TokenRecord } from './token-record.ts';

/** What a line holds, and the name it goes by: two lines of one name are about the same thing. */
export type SeedLine =
  | { readonly kind: 'charger'; readonly name: string; readonly tenant: Tenant; readonly input: ChargerInput }
  | { readonly kind: 'token'; readonly name: string; readonly tenant: Tenant; readonly record: TokenRecord };

const CHARGER_FIELDS = ['charger', 'tenant', ...CHARGER_INPUT_FIELDS];
const TOKEN_FIELDS = ['idToken', 'tenant', 'type', 'status', 'expiryDate', 'parentIdToken', 'labels'];

/** Reads a line; one that names no tenant is of `ofTenant`. RegistryError `invalid-record` says what is wrong. */
export function readSeedLine(text: string, ofTenant: Tenant): SeedLine {
  const json = parseLine(text);
  const isCharger = 'charger' in json;
  if (isCharger === 'idToken' in json) {
    throw new RegistryError('invalid-record', 'a line holds either "charger" or "idToken"');
  }
  return isCharger ? readChargerLine(json, ofTenant) : readTokenLine(json, ofTenant);
}

function parseLine(line: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    // The parser's message quotes the line, which may hold a password.
    throw new RegistryError('invalid-record', 'not JSON');
  }
  if (!isJsonObject(json)) throw new RegistryError('invalid-record', 'not a JSON object');
  return json;
}

function readChargerLine(json: JsonObject, ofTenant: Tenant): SeedLine {
  refuseUnknownFields(json, CHARGER_FIELDS);
  const { charger, tenant, ...fields } = json;
  const input = readChargerInput(charger, fields);
  const of = readTenant(tenant, ofTenant);
  return { kind: 'charger', name: `charger ${of}/${foldCase(input.record.chargerId)}`, tenant: of, input };
}

function readTokenLine(json: JsonObject, ofTenant: Tenant): SeedLine {
  refuseUnknownFields(json, TOKEN_FIELDS);
  const { tenant, ...fields } = json;
  const record = readTokenRecord({ status: 'Accepted', ...fields });
  const of = readTenant(tenant, ofTenant);
  return { kind: 'token', name: `token ${of}/${foldCase(record.idToken.trim())}`, tenant: of, record };
}

function readTenant(value: unknown, ofTenant: Tenant): Tenant {
  const text = value ?? ofTenant;
  if (typeof text !== 'string' || !isTenant(text)) throw fieldError('tenant', value, '1 to 64 of A-Z a-z 0-9 _ -');
  return text;
}
