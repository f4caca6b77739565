/**
 * Checks payloads against the schema of their version with the generated validators, and says what is wrong in the version's
 * own error code. Never changes a payload, never throws on one.
 */
import { createRequire } from 'node:module';
import type { Validator, ValidatorError } from '../generated/v16-strict.js';
import { actionInfo } from './actions.ts';
import { errorCode, type NeutralErrorCode } from './error-codes.ts';
import { capDescription } from './frame.ts';
import { isJsonObject, JSON_DEPTH_MAX } from './json.ts';
import type { OcppVersion } from './version.ts';

/** Which half of an action a payload is. */
export type PayloadDirection = 'request' | 'response';

/** `strict`: the official schema. `lenient`: what real chargers send, see README. */
export type ValidationMode = 'strict' | 'lenient';

/** What is wrong with a payload. */
export interface Violation {
  /** CALLERROR code in the spelling of the version. */
  readonly code: string;
  /** Path and rule, at most 255 characters; no value of the payload in it. */
  readonly description: string;
  /** JSON pointer to the offending place, '' for the payload itself. */
  readonly path: string;
}

/** What a generated file exports. */
interface Generated {
  readonly requests: ReadonlyMap<string, Validator>;
  readonly responses: ReadonlyMap<string, Validator>;
}
type Tables = Readonly<Record<PayloadDirection, ReadonlyMap<string, Validator>>>;

const FILE_NAMES: Readonly<Record<OcppVersion, string>> = { '1.6': 'v16', '2.0.1': 'v201', '2.1': 'v21' };
const TABLES: Readonly<Record<ValidationMode, Map<OcppVersion, Tables>>> = { strict: new Map(), lenient: new Map() };
const require = createRequire(import.meta.url);

const CODES: ReadonlyMap<string, NeutralErrorCode> = new Map<string, NeutralErrorCode>([
  ['type', 'TypeConstraintViolation'],
  ['required', 'OccurrenceConstraintViolation'],
  ['minItems', 'OccurrenceConstraintViolation'],
  ['maxItems', 'OccurrenceConstraintViolation'],
  ['enum', 'PropertyConstraintViolation'],
  ['format', 'PropertyConstraintViolation'],
  ['maximum', 'PropertyConstraintViolation'],
  ['minimum', 'PropertyConstraintViolation'],
  ['maxLength', 'PropertyConstraintViolation'],
  ['multipleOf', 'PropertyConstraintViolation'],
]);

/** First fault of a payload, undefined when it has none. An integer outside ±2^53 may be a bigint wherever a number may be. */
export function validate(
  version: OcppVersion,
  action: string,
  direction: PayloadDirection,
  payload: unknown,
  mode: ValidationMode,
): Violation | undefined {
  const validator = (TABLES[mode].get(version) ?? load(version, mode))[direction].get(action);
  if (validator === undefined) return withoutSchema(version, action, payload);
  if (validator(payload)) return undefined;
  const error = validator.errors?.[0];
  // The generated code knows numbers only. Looking for bigints costs nothing here, where the payload has failed already.
  if (error?.keyword === 'type' && holdsBigInt(payload, 0) && validator(withNumbers(payload, 0))) return undefined;
  return violationOf(version, validator.errors?.[0] ?? error);
}

function violationOf(version: OcppVersion, error: ValidatorError | undefined): Violation {
  const path = error?.instancePath ?? '';
  const description = capDescription(`${path === '' ? 'payload' : path} ${error?.message ?? 'is not valid'}`);
  return { code: errorCode(version, codeOf(version, error, path)), description, path };
}

function codeOf(version: OcppVersion, error: ValidatorError | undefined, path: string): NeutralErrorCode {
  if (error === undefined) return 'GenericError';
  if (error.keyword === 'type' && path === '') return 'FormatViolation';
  if (error.keyword === 'additionalProperties') return version === '1.6' ? 'FormatViolation' : 'ProtocolError';
  return CODES.get(error.keyword) ?? 'GenericError';
}

/** Unknown action, or the answer to a SEND, which has no schema: a client that sends it as CALL gets, and gives, an empty one. */
function withoutSchema(version: OcppVersion, action: string, payload: unknown): Violation | undefined {
  if (actionInfo(version, action) === undefined)
    return { code: errorCode(version, 'NotImplemented'), description: 'action is unknown', path: '' };
  if (isJsonObject(payload) && Object.keys(payload).length === 0) return undefined;
  return { code: errorCode(version, 'ProtocolError'), description: 'payload must be empty', path: '' };
}

function holdsBigInt(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null || depth > JSON_DEPTH_MAX) return false;
  return Object.values(value).some((child) => holdsBigInt(child, depth + 1));
}

/** Copy in which bigints are the nearest numbers; only for a validator's eyes. */
function withNumbers(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || depth > JSON_DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((child) => withNumbers(child, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, withNumbers(child, depth + 1)]));
}

/**
 * The validators of a version, read when the first payload of it comes. All six files are 6 MB of source: 130 ms of CPU at the start of every
 * process and 8 MB of its memory, where most fleets speak one version. The largest takes 50 ms once, 20 where compiled code is kept.
 */
function load(version: OcppVersion, mode: ValidationMode): Tables {
  const { requests, responses } = require(`../generated/${FILE_NAMES[version]}-${mode}.js`) as Generated;
  const tables: Tables = { request: requests, response: responses };
  TABLES[mode].set(version, tables);
  return tables;
}
