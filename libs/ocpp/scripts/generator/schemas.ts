/**
 * Reads the JSON schemas of one OCPP version and brings them into the shape the validators are generated from.
 * Never changes what a strict schema accepts; what the lenient variant drops is listed in `LENIENT_TRANSFORMS`, as code.
 */

/** A JSON schema node as far as OCPP uses JSON schema. */
export type SchemaNode = { [keyword: string]: unknown };

/** The schemas of one version: definitions hoisted into one table, messages pointing into it. */
export interface SchemaSet {
  readonly definitions: Readonly<Record<string, SchemaNode>>;
  /** By schema name, e.g. `AuthorizeRequest`; 2.1 also has `NotifyPeriodicEventStream`, which has no response. */
  readonly messages: ReadonlyMap<string, SchemaNode>;
}

/** Keywords that accept or refuse nothing here; dropping them keeps the generated code small. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$id',
  '$schema',
  'additionalItems',
  'comment',
  'default',
  'description',
  'id',
  'javaType',
  'title',
]);

/** Longest enum the lenient variant still checks: the small status enums that code switches on. */
const LENIENT_ENUM_MAX = 5;

/** What the lenient variant drops from a schema node, and why. Source: real chargers, see README. */
export const LENIENT_TRANSFORMS: readonly { readonly name: string; readonly apply: (node: SchemaNode) => void }[] = [
  { name: 'unknown properties pass', apply: (node): void => void delete node['additionalProperties'] },
  { name: 'texts may be longer than the limit', apply: (node): void => void delete node['maxLength'] },
  { name: 'lists may be empty (MeterValues without values)', apply: (node): void => void delete node['minItems'] },
  {
    name: 'enums with more than 5 values are open (measurands, units, error codes)',
    apply: (node): void => {
      if (Array.isArray(node['enum']) && node['enum'].length > LENIENT_ENUM_MAX) delete node['enum'];
    },
  },
];

/** Builds the schema set of a version from the exports of the schema module. */
export function readSchemaSet(exported: Readonly<Record<string, unknown>>): SchemaSet {
  const definitions: Record<string, SchemaNode> = {};
  const messages = new Map<string, SchemaNode>();
  for (const name of Object.keys(exported).sort()) {
    const { definitions: own, ...message } = object(exported[name], name);
    for (const [key, definition] of Object.entries(own === undefined ? {} : object(own, name))) {
      const stripped = strip(object(definition, key));
      const known = definitions[key];
      // Hoisting is only safe while the same name means the same thing in every message of a version.
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(stripped))
        throw new Error(`definition ${key} of ${name} differs from the one in an earlier message`);
      definitions[key] = stripped;
    }
    messages.set(name, strip(message));
  }
  return { definitions, messages };
}

/** The lenient variant of a schema set. */
export function lenientSchemaSet(strict: SchemaSet): SchemaSet {
  const relax = (node: SchemaNode): SchemaNode =>
    mapNode(node, (copy) => LENIENT_TRANSFORMS.forEach((t) => t.apply(copy)));
  return {
    definitions: Object.fromEntries(Object.entries(strict.definitions).map(([name, node]) => [name, relax(node)])),
    messages: new Map([...strict.messages].map(([name, node]) => [name, relax(node)])),
  };
}

function strip(node: SchemaNode): SchemaNode {
  return mapNode(node, (copy) => {
    for (const keyword of Object.keys(copy)) if (ANNOTATIONS.has(keyword)) delete copy[keyword];
    if (copy['type'] !== 'object') delete copy['additionalProperties'];
  });
}

/** Copies a schema bottom-up and lets `change` edit each node's copy. Knows that `properties` holds names, not keywords. */
function mapNode(node: SchemaNode, change: (copy: SchemaNode) => void): SchemaNode {
  const copy = { ...node };
  if (copy['properties'] !== undefined) {
    const properties = Object.entries(object(copy['properties'], 'properties'));
    copy['properties'] = Object.fromEntries(
      properties.map(([name, child]) => [name, mapNode(object(child, name), change)]),
    );
  }
  if (copy['items'] !== undefined) copy['items'] = mapNode(object(copy['items'], 'items'), change);
  for (const unexpected of [
    'allOf',
    'anyOf',
    'oneOf',
    'not',
    'if',
    'patternProperties',
    'dependencies',
    'propertyNames',
  ])
    if (copy[unexpected] !== undefined) throw new Error(`schema keyword ${unexpected} is not handled by the generator`);
  change(copy);
  return copy;
}

function object(value: unknown, name: string): SchemaNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is not an object`);
  return { ...value };
}
