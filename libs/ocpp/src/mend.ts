/**
 * Lenient normalisers: brings what real chargers send into the form the schema asks for, where the meaning is beyond doubt, and
 * names every deviation it met. Runs only after the strict schema failed; its result is then checked against the lenient one.
 * Copies what it changes; the given payload stays as it is. Only properties the schema knows are touched.
 */
import { type Shape, type ShapeSet, shapes } from '../generated/shapes.js';
import { isJsonObject, JSON_DEPTH_MAX, type JsonObject, parseJson } from './json.ts';
import type { PayloadDirection } from './validate.ts';
import type { OcppVersion } from './version.ts';

/** What was found to deviate. A closed list, fit for a metric label. The last four are not mended: the lenient schema lets them pass. */
export type Deviation =
  | 'trimmed'
  | 'null-dropped'
  | 'empty-dropped'
  | 'number-for-text'
  | 'text-for-number'
  | 'text-for-boolean'
  | 'enum-case'
  | 'date-time'
  | 'date-time-without-zone'
  | 'unknown-property'
  | 'unknown-enum-value'
  | 'text-too-long'
  | 'list-empty';

/** Every deviation, for registering metrics. */
export const DEVIATIONS: readonly Deviation[] = [
  'trimmed',
  'null-dropped',
  'empty-dropped',
  'number-for-text',
  'text-for-number',
  'text-for-boolean',
  'enum-case',
  'date-time',
  'date-time-without-zone',
  'unknown-property',
  'unknown-enum-value',
  'text-too-long',
  'list-empty',
];

/** A mended payload. The very payload that was given when nothing was changed. */
export interface Mended {
  readonly payload: JsonObject;
  /** Each at most once, in the order they were met. */
  readonly deviations: readonly Deviation[];
}

interface Context {
  readonly set: ShapeSet;
  readonly deviations: Set<Deviation>;
}

/** Mends a payload of an action. Without a schema for it, it comes back as it is. */
export function mend(version: OcppVersion, action: string, direction: PayloadDirection, payload: JsonObject): Mended {
  const set = shapes()[version];
  const shape = set === undefined ? undefined : shapeOfAction(set, action, direction);
  if (set === undefined || shape === undefined) return { payload, deviations: [] };
  const context: Context = { set, deviations: new Set() };
  const mended = mendValue(context, shape, payload, 0);
  return { payload: isJsonObject(mended) ? mended : payload, deviations: [...context.deviations] };
}

function mendValue(context: Context, given: Shape, value: unknown, depth: number): unknown {
  const shape = resolve(context.set, given);
  if (depth > JSON_DEPTH_MAX) return value;
  switch (shape.type) {
    case 'object':
      return isJsonObject(value) ? mendObject(context, shape, value, depth) : value;
    case 'array':
      return Array.isArray(value) ? mendArray(context, shape, value, depth) : value;
    case 'string':
      return mendText(context, shape, value);
    case 'integer':
    case 'number':
      return mendNumber(context, value);
    case 'boolean':
      return mendBoolean(context, value);
    default:
      return value; // any type (DataTransfer.data of 2.x): not ours to touch
  }
}

function mendObject(context: Context, shape: Shape, value: JsonObject, depth: number): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const [name, child] of Object.entries(value)) {
    const childShape = ownShape(shape, name);
    if (childShape === undefined) {
      if (shape.additionalProperties === false) context.deviations.add('unknown-property');
      continue;
    }
    const reason = (member: unknown): Deviation | undefined =>
      shape.required?.includes(name) === true ? undefined : dropReason(context.set, childShape, member);
    const asGiven = reason(child);
    const mended = asGiven === undefined ? mendValue(context, childShape, child, depth + 1) : child;
    // What was dropped inside of it may have left it empty.
    const dropped = asGiven ?? (mended === child ? undefined : reason(mended));
    if (dropped === undefined && mended === child) continue;
    copy ??= { ...value };
    if (dropped === undefined) {
      copy[name] = mended;
      continue;
    }
    context.deviations.add(dropped);
    delete copy[name];
  }
  return copy ?? value;
}

function mendArray(context: Context, shape: Shape, value: readonly unknown[], depth: number): readonly unknown[] {
  if (value.length === 0 && (shape.minItems ?? 0) > 0) context.deviations.add('list-empty');
  const items = shape.items;
  if (items === undefined) return value;
  const mended = value.map((item) => mendValue(context, items, item, depth + 1));
  return mended.some((item, index) => item !== value[index]) ? mended : value;
}

/** Why an optional property is left out: null always, an empty text or list always, an empty object when its schema refuses it. */
function dropReason(set: ShapeSet, shape: Shape, value: unknown): Deviation | undefined {
  const type = resolve(set, shape).type;
  if (type === undefined) return undefined;
  if (value === null) return 'null-dropped';
  const isEmpty =
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0 && (resolve(set, shape).required?.length ?? 0) > 0);
  return isEmpty ? 'empty-dropped' : undefined;
}

function mendText(context: Context, shape: Shape, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    context.deviations.add('number-for-text');
    return String(value);
  }
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text !== value) context.deviations.add('trimmed');
  if (shape.enum !== undefined) return mendEnum(context, shape.enum, text);
  if (shape.format === 'date-time') return mendDateTime(context, text);
  if (shape.maxLength !== undefined && isLonger(text, shape.maxLength)) context.deviations.add('text-too-long');
  return text;
}

/** JSON schema counts characters, not UTF-16 units. */
function isLonger(text: string, limit: number): boolean {
  return text.length > limit && Array.from(text).length > limit;
}

function mendEnum(context: Context, values: readonly string[], text: string): string {
  if (values.includes(text)) return text;
  const folded = text.toLowerCase();
  const match = values.find((value) => value.toLowerCase() === folded);
  context.deviations.add(match === undefined ? 'unknown-enum-value' : 'enum-case');
  return match ?? text;
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/** RFC 3339 from what chargers write. A missing zone is read as UTC: there is nothing better to know here, and it is reported. */
function mendDateTime(context: Context, text: string): string {
  const match = DATE_TIME.exec(text);
  if (match === null) return text;
  const [, date, hourMinute, second = '00', fraction, zone] = match;
  if (zone === undefined) context.deviations.add('date-time-without-zone');
  const offset =
    zone === undefined || zone === 'z'
      ? 'Z'
      : zone.length === 3
        ? `${zone}:00`
        : zone.length === 5
          ? `${zone.slice(0, 3)}:${zone.slice(3)}`
          : zone;
  const mended = `${date}T${hourMinute}:${second}${fraction === undefined ? '' : `.${fraction.slice(0, 9)}`}${offset}`;
  if (mended !== text && zone !== undefined) context.deviations.add('date-time');
  return mended;
}

/** A number written as text; as it stands there, so that a 64-bit one keeps its digits. */
function mendNumber(context: Context, value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*-?(0|[1-9]\d{0,30})(\.\d{1,30})?\s*$/.test(value)) return value;
  context.deviations.add('text-for-number');
  return parseJson(value);
}

function mendBoolean(context: Context, value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text !== 'true' && text !== 'false') return value;
  context.deviations.add('text-for-boolean');
  return text === 'true';
}

function shapeOfAction(set: ShapeSet, action: string, direction: PayloadDirection): Shape | undefined {
  const name = direction === 'request' ? `${action}Request` : `${action}Response`;
  if (Object.hasOwn(set.messages, name)) return set.messages[name];
  return direction === 'request' && Object.hasOwn(set.messages, action) ? set.messages[action] : undefined;
}

function resolve(set: ShapeSet, shape: Shape): Shape {
  return shape.$ref === undefined ? shape : (set.definitions[shape.$ref.slice('#/definitions/'.length)] ?? shape);
}

function ownShape(shape: Shape, name: string): Shape | undefined {
  return shape.properties !== undefined && Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
}
