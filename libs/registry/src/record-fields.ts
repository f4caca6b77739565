/**
 * Reads fields out of parsed JSON and says which one is wrong and what was expected. Shows values in messages, so it must never be
 * given a password.
 */
import { RegistryError } from './errors.ts';

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

const SHOWN_CHARS_MAX = 60;
const LABELS_MAX = 32;
const LABEL_CHARS_MAX = 256;

/** True for an object that is no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The error of a field, for instance `registration is "accepted", expected one of Accepted, Pending, Rejected`. */
export function fieldError(name: string, value: unknown, expected: string): RegistryError {
  if (value === undefined) return new RegistryError('invalid-record', `${name} is missing, expected ${expected}`);
  const text = JSON.stringify(value) ?? typeof value;
  const shown = text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
  return new RegistryError('invalid-record', `${name} is ${shown}, expected ${expected}`);
}

/** A string of 1 to `charsMax` characters. */
export function readText(json: JsonObject, name: string, charsMax: number): string {
  const value = json[name];
  if (typeof value === 'string' && value.length > 0 && value.length <= charsMax && value.isWellFormed()) return value;
  throw fieldError(name, value, `text of 1 to ${charsMax} characters`);
}

/** A string of 1 to `charsMax` characters, or undefined when it is absent. */
export function readOptionalText(json: JsonObject, name: string, charsMax: number): string | undefined {
  return json[name] === undefined ? undefined : readText(json, name, charsMax);
}

/** One of a list of strings. */
export function readChoice<T extends string>(json: JsonObject, name: string, choices: readonly T[]): T {
  const value = json[name];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw fieldError(name, value, `one of ${choices.join(', ')}`);
  return choice;
}

/** One of a list of strings, or undefined when it is absent. */
export function readOptionalChoice<T extends string>(
  json: JsonObject,
  name: string,
  choices: readonly T[],
): T | undefined {
  return json[name] === undefined ? undefined : readChoice(json, name, choices);
}

/** A whole number within bounds, or undefined when it is absent. */
export function readOptionalWhole(json: JsonObject, name: string, min: number, max: number): number | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw fieldError(name, value, `a whole number from ${min} to ${max}`);
}

/** A non-empty list whose members are among `choices`, or undefined when it is absent. */
export function readOptionalChoices<T extends string>(
  json: JsonObject,
  name: string,
  choices: readonly T[],
): readonly T[] | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  const expected = `a list of some of ${choices.join(', ')}`;
  if (!Array.isArray(value) || value.length === 0) throw fieldError(name, value, expected);
  const chosen: T[] = [];
  for (const member of value) {
    const choice = choices.find((candidate) => candidate === member);
    if (choice === undefined) throw fieldError(name, value, expected);
    if (!chosen.includes(choice)) chosen.push(choice);
  }
  return chosen;
}

/** Up to 32 labels of text, or undefined when they are absent. */
export function readOptionalLabels(json: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  const expected = `an object of up to ${LABELS_MAX} texts of up to ${LABEL_CHARS_MAX} characters`;
  if (!isJsonObject(value)) throw fieldError(name, value, expected);
  const labels: [string, string][] = [];
  for (const [label, text] of Object.entries(value)) {
    if (typeof text !== 'string' || text.length > LABEL_CHARS_MAX || label.length > LABEL_CHARS_MAX) {
      throw fieldError(
        `${name}.${label.slice(0, SHOWN_CHARS_MAX)}`,
        text,
        `text of up to ${LABEL_CHARS_MAX} characters`,
      );
    }
    labels.push([label, text]);
  }
  if (labels.length > LABELS_MAX) throw fieldError(name, value, expected);
  return Object.fromEntries(labels);
}

/** Hex digits of `bytesMin` to `bytesMax` bytes, returned in lower case. The value itself is never shown. */
export function readHex(json: JsonObject, name: string, bytesMin: number, bytesMax: number): string {
  const value = json[name];
  if (typeof value === 'string' && /^(?:[0-9a-fA-F]{2})+$/.test(value)) {
    const bytes = value.length / 2;
    if (bytes >= bytesMin && bytes <= bytesMax) return value.toLowerCase();
  }
  throw new RegistryError('invalid-record', `${name} is not ${bytesMin} to ${bytesMax} bytes in hex digits`);
}

/** Throws for a field that is not among `known`: a misspelt name must not pass as an absent one. */
export function refuseUnknownFields(json: JsonObject, known: readonly string[]): void {
  for (const name of Object.keys(json)) {
    if (known.includes(name)) continue;
    throw new RegistryError(
      'invalid-record',
      `unknown field ${JSON.stringify(name.slice(0, SHOWN_CHARS_MAX))}, expected ${known.join(', ')}`,
    );
  }
}

/** The object written in bytes of JSON; `what` names it in the error. */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    // The parser's message quotes the text, which may hold secrets.
    throw new RegistryError('invalid-record', `${what} is not JSON`);
  }
  if (!isJsonObject(value)) throw new RegistryError('invalid-record', `${what} is not a JSON object`);
  return value;
}

/** Throws `newer-version` when a stored object's `v` is above `current`, `invalid-record` when it is no version. */
export function checkVersion(json: JsonObject, current: number, what: string): void {
  const version = json['v'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw fieldError('v', version, 'a version from 1');
  if (version <= current) return;
  throw new RegistryError('newer-version', `${what} has version ${version}, this process reads up to ${current}`);
}
