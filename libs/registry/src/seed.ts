/**
 * Chargers, tokens and handlers from a text of one JSON object per line:
 *
 *     {"charger":"CP1","tenant":"default","password":"…","securityProfile":1,"registration":"Accepted","strictness":"strict"}
 *     {"idToken":"ABC","tenant":"default","status":"Accepted","expiryDate":"2030-12-31T23:59:59Z","parentIdToken":"GROUP"}
 *     {"handlers":{"Authorize":{"deadlineMs":3000,"attempts":2,"fallback":"reject"}},"tenant":"default"}
 *
 * Left out: tenant `default`; charger: securityProfile 1 with a password and 0 without, registration Accepted, strictness strict;
 * token: status Accepted. A misspelt field is an error, and so is what comes twice. Plain passwords are hashed when the seed is
 * applied; no message repeats a line or a value of `password`. A line of handlers stands for all of its tenant's.
 */
import { type Random, systemRandom } from '@voltlane/time';
import { foldCase, isTenant, type Tenant } from '@voltlane/wire';
import { type ChargerRecord, readChargerRecord } from './charger-record.ts';
import { RegistryError } from './errors.ts';
import { readTenantHandlers, type TenantHandlers } from './handler-record.ts';
import type { HandlerSettings } from './handler-settings.ts';
import { fieldError, isJsonObject, type JsonObject, refuseUnknownFields } from './record-fields.ts';
import type { Registry } from './registry.ts';
import { SeedPassword } from './seed-password.ts';
import { readTokenRecord, type TokenRecord } from './token-record.ts';

/** A charger to be written; its record lacks the password until the seed is applied, unless the line held a stored one. */
export interface SeedCharger {
  readonly tenant: Tenant;
  readonly record: ChargerRecord;
  readonly password: SeedPassword | undefined;
}

/** A token to be written. */
export interface SeedToken {
  readonly tenant: Tenant;
  readonly record: TokenRecord;
}

/** Handlers of a tenant to be written. */
export interface SeedHandlers {
  readonly tenant: Tenant;
  readonly handlers: TenantHandlers;
}

/** A line that was refused, counted from 1. */
export interface SeedError {
  readonly line: number;
  readonly message: string;
}

/** What a text holds. */
export interface Seed {
  readonly chargers: readonly SeedCharger[];
  readonly tokens: readonly SeedToken[];
  readonly handlers: readonly SeedHandlers[];
  readonly errors: readonly SeedError[];
}

/** What applying a seed did. */
export interface SeedResult {
  readonly written: number;
  /** Were in the registry already, exactly like that. */
  readonly unchanged: number;
}

const TOKEN_FIELDS = ['idToken', 'tenant', 'type', 'status', 'expiryDate', 'parentIdToken', 'labels'];
const CHARGER_FIELDS = [
  'charger',
  'tenant',
  'password',
  'allowedVersions',
  'securityProfile',
  'registration',
  'strictness',
  'heartbeatIntervalS',
  'closeBy',
  'labels',
];
const HANDLER_FIELDS = ['handlers', 'tenant'];
/** What a line is about; each line names exactly one. */
const SUBJECTS = ['charger', 'idToken', 'handlers'];
/** Writes under way at a time. */
const WRITES_MAX = 32;

/** Reads a text; blank lines are skipped, lines with an error are reported and left out. */
export function readSeed(text: string): Seed {
  const chargers: SeedCharger[] = [];
  const tokens: SeedToken[] = [];
  const handlers: SeedHandlers[] = [];
  const errors: SeedError[] = [];
  const firstLines = new Map<string, number>();
  for (const [index, lineText] of text.split('\n').entries()) {
    const line = index + 1;
    if (lineText.trim() === '') continue;
    try {
      const json = parseLine(lineText);
      if (SUBJECTS.filter((subject) => subject in json).length !== 1) {
        throw new RegistryError('invalid-record', 'a line holds one of "charger", "idToken" or "handlers"');
      }
      if ('handlers' in json) {
        const delegated = readHandlersLine(json);
        refuseSecond(firstLines, `handlers of ${delegated.tenant}`, line);
        handlers.push(delegated);
      } else if ('charger' in json) {
        const charger = readChargerLine(json);
        refuseSecond(firstLines, `charger ${charger.tenant}/${foldCase(charger.record.chargerId)}`, line);
        chargers.push(charger);
      } else {
        const token = readTokenLine(json);
        refuseSecond(firstLines, `token ${token.tenant}/${foldCase(token.record.idToken.trim())}`, line);
        tokens.push(token);
      }
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      errors.push({ line, message: error.message });
    }
  }
  return { chargers, tokens, handlers, errors };
}

/**
 * Writes the chargers and tokens that differ from the registry, so that the same seed at every start changes nothing; deletes nothing. Lines with errors are
 * the caller's to report. Stops at the first write that fails.
 */
export async function applySeed(registry: Registry, seed: Seed, random: Random = systemRandom): Promise<SeedResult> {
  let written = 0;
  const count = (changed: boolean): void => {
    if (changed) written += 1;
  };
  await inBatches(seed.chargers, async (charger) => count(await applyCharger(registry, charger, random)));
  await inBatches(seed.tokens, async (token) => count(await applyToken(registry, token)));
  return { written, unchanged: seed.chargers.length + seed.tokens.length - written };
}

/** The same for the handlers of a seed. */
export async function applySeedHandlers(settings: HandlerSettings, seed: Seed): Promise<SeedResult> {
  let written = 0;
  for (const { tenant, handlers } of seed.handlers) {
    if (sameRecord(await settings.get(tenant), handlers)) continue;
    await settings.put(tenant, handlers);
    written += 1;
  }
  return { written, unchanged: seed.handlers.length - written };
}

async function applyCharger(registry: Registry, seeded: SeedCharger, random: Random): Promise<boolean> {
  const { tenant, record, password } = seeded;
  const stored = await registry.charger(tenant, record.chargerId);
  if (password === undefined) {
    if (sameRecord(stored, record)) return false;
    await registry.putCharger(tenant, record);
    return true;
  }
  const kept = password.matches(stored?.password) ? stored?.password : undefined;
  if (kept !== undefined && sameRecord(stored, { ...record, password: kept })) return false;
  const hashed = kept ?? password.hash(random);
  await registry.putCharger(tenant, hashed === undefined ? record : { ...record, password: hashed });
  return true;
}

async function applyToken(registry: Registry, seeded: SeedToken): Promise<boolean> {
  const stored = await registry.token(seeded.tenant, seeded.record.idToken);
  if (sameRecord(stored, seeded.record)) return false;
  await registry.putToken(seeded.tenant, seeded.record);
  return true;
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

function readChargerLine(json: JsonObject): SeedCharger {
  refuseUnknownFields(json, CHARGER_FIELDS);
  const { charger, tenant, password, ...fields } = json;
  const stored = isJsonObject(password) ? password : undefined;
  const plain = stored === undefined ? SeedPassword.from(password) : undefined;
  if (password !== undefined && stored === undefined && plain === undefined) {
    throw new RegistryError('invalid-record', 'password is not text of 1 to 255 bytes');
  }
  const record = readChargerRecord({
    securityProfile: password === undefined ? 0 : 1,
    registration: 'Accepted',
    strictness: 'strict',
    ...fields,
    chargerId: charger,
    ...(stored === undefined ? {} : { password: stored }),
  });
  return { tenant: readTenant(tenant), record, password: plain };
}

function readTokenLine(json: JsonObject): SeedToken {
  refuseUnknownFields(json, TOKEN_FIELDS);
  const { tenant, ...fields } = json;
  return { tenant: readTenant(tenant), record: readTokenRecord({ status: 'Accepted', ...fields }) };
}

function readHandlersLine(json: JsonObject): SeedHandlers {
  refuseUnknownFields(json, HANDLER_FIELDS);
  return { tenant: readTenant(json['tenant']), handlers: readTenantHandlers({ actions: json['handlers'] }) };
}

function readTenant(value: unknown): Tenant {
  const text = value ?? 'default';
  if (typeof text !== 'string' || !isTenant(text)) throw fieldError('tenant', value, '1 to 64 of A-Z a-z 0-9 _ -');
  return text;
}

function refuseSecond(firstLines: Map<string, number>, name: string, line: number): void {
  const first = firstLines.get(name);
  if (first !== undefined) throw new RegistryError('invalid-record', `${name} is on line ${first} already`);
  firstLines.set(name, line);
}

function sameRecord(stored: object | undefined, seeded: object): boolean {
  return stored !== undefined && canonical(stored) === canonical(seeded);
}

/** JSON with sorted names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += WRITES_MAX) {
    await Promise.all(items.slice(start, start + WRITES_MAX).map(act));
  }
}
