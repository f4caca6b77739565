/**
 * The smallest payload of every action of every version: required members only, of each enum the word that says yes, or the first.
 * Made from the official schemas, which are loaded when first asked for: they are large, and most tests need none.
 */
import type { OcppVersion, PayloadDirection } from '@voltlane/ocpp';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

type Schemas = ReadonlyMap<string, Schema>;
type Definitions = Readonly<Record<string, Schema>>;

/** A member of a payload that its schema does not allow, and where that is. */
export interface BadPayload {
  readonly payload: object;
  /** JSON pointer to the fault. */
  readonly path: string;
}

/** Payloads by version, action and direction. */
export interface SamplePayloads {
  /** The smallest valid one; a new object each time. */
  minimal(version: OcppVersion, action: string, direction: PayloadDirection): Record<string, unknown>;
  /** The smallest valid request with one fault: a known member of a wrong type, or an unknown member where none is known. */
  bad(version: OcppVersion, action: string): BadPayload;
}

/** Loads the schemas. */
export async function loadSamplePayloads(): Promise<SamplePayloads> {
  /* oxlint-disable no-restricted-imports -- typed-ocpp has its schemas under these paths only; its index compiles all of them */
  const v16: object = await import('typed-ocpp/dist/ocpp16/schemas.js');
  const v201: object = await import('typed-ocpp/dist/ocpp20/schemas.js');
  const v21: object = await import('typed-ocpp/dist/ocpp21/schemas.js');
  /* oxlint-enable no-restricted-imports */
  const versions: Readonly<Record<OcppVersion, Schemas>> = {
    '1.6': new Map(Object.entries(v16)),
    '2.0.1': new Map(Object.entries(v201)),
    '2.1': new Map(Object.entries(v21)),
  };
  const find = (version: OcppVersion, action: string, direction: PayloadDirection): Schema => {
    const schemas = versions[version];
    const name = direction === 'request' ? `${action}Request` : `${action}Response`;
    // The files of 1.6 call a request by its action alone.
    const schema = schemas.get(name) ?? (direction === 'request' ? schemas.get(action) : undefined);
    if (schema === undefined) throw new Error(`no schema for the ${direction} of ${action} (OCPP ${version})`);
    return schema;
  };
  const minimal: SamplePayloads['minimal'] = (version, action, direction) => {
    const schema = find(version, action, direction);
    return smallestObject(schema, schema.definitions ?? {});
  };
  return {
    minimal,
    bad: (version, action) => {
      const { properties = {} } = find(version, action, 'request');
      const payload = minimal(version, action, 'request');
      // `customData` is in every payload of 2.x, and one of DataTransfer takes anything.
      const known = Object.keys(properties).find(
        (name) => name !== 'customData' && properties[name]?.type !== undefined,
      );
      const name = known ?? Object.keys(properties).find((other) => other !== 'customData' && other !== 'data');
      if (name === undefined) return { payload: { ...payload, unknownMember: 1 }, path: '' };
      const wrong = properties[name]?.type === 'object' || properties[name]?.$ref !== undefined ? 7 : {};
      return { payload: { ...payload, [name]: wrong }, path: `/${name}` };
    },
  };
}

/** Words for yes, the best first; a member of an enum without any of them gets its first word. */
const YES: readonly string[] = ['Accepted', 'Unlocked', 'Unpublished'];

function smallestObject(schema: Schema, definitions: Definitions): Record<string, unknown> {
  const names = schema.required ?? [];
  return Object.fromEntries(names.map((name) => [name, smallest(schema.properties?.[name] ?? {}, definitions)]));
}

function smallest(schema: Schema, definitions: Definitions): unknown {
  if (schema.$ref !== undefined) return smallest(definitions[schema.$ref.split('/').at(-1) ?? ''] ?? {}, definitions);
  const words = schema.enum;
  if (words !== undefined) return YES.find((word) => words.includes(word)) ?? words[0];
  switch (schema.type) {
    case 'object':
      return smallestObject(schema, definitions);
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => smallest(schema.items ?? {}, definitions));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    default:
      return schema.format === 'date-time' ? '2026-01-01T00:00:00.000Z' : 'x';
  }
}
