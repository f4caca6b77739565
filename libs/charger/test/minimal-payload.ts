/** Makes the smallest payload that a schema allows: required members only, first of each enum. */

import type { OcppVersion } from '@voltlane/ocpp';
import * as v16 from 'typed-ocpp/dist/ocpp16/schemas.js'; // oxlint-disable-line no-restricted-imports -- the schemas have no other way out
import * as v201 from 'typed-ocpp/dist/ocpp20/schemas.js'; // oxlint-disable-line no-restricted-imports -- the schemas have no other way out
import * as v21 from 'typed-ocpp/dist/ocpp21/schemas.js'; // oxlint-disable-line no-restricted-imports -- the schemas have no other way out

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

const SCHEMAS = {
  '1.6': new Map(Object.entries(v16)),
  '2.0.1': new Map(Object.entries(v201)),
  '2.1': new Map(Object.entries(v21)),
};

/** The smallest request payload of an action. */
export function minimalRequest(version: OcppVersion, action: string): object {
  const schemas: ReadonlyMap<string, Schema> = SCHEMAS[version];
  const schema = schemas.get(`${action}Request`) ?? schemas.get(action);
  if (schema === undefined) throw new Error(`no schema for ${version} ${action}`);
  return Object(minimal(schema, schema.definitions ?? {}));
}

function minimal(schema: Schema, definitions: Readonly<Record<string, Schema>>): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return minimal(definitions[name] ?? {}, definitions);
  }
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'object': {
      const names = schema.required ?? [];
      return Object.fromEntries(names.map((name) => [name, minimal(schema.properties?.[name] ?? {}, definitions)]));
    }
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => minimal(schema.items ?? {}, definitions));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    default:
      return schema.format === 'date-time' ? '2026-01-01T00:00:00.000Z' : 'x';
  }
}
