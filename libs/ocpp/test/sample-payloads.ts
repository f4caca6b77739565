/** Payloads made from a schema, and damaged ones made from those; seeded, so that a difference found once is found again. */

/** A schema node as written in the source package. */
export interface SourceSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SourceSchema>>;
  readonly required?: readonly string[];
  readonly items?: SourceSchema;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly multipleOf?: number;
  readonly definitions?: Readonly<Record<string, SourceSchema>>;
}

/** Makes numbers in [0, below), the same ones for the same seed. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const DATES = [
  '2024-03-01T10:00:00Z',
  '2024-12-31T23:59:59.999+02:00',
  '1970-01-01T00:00:00.123456Z',
  '2024-02-29T00:00:00-11:30',
] as const;

/** Values a field gets in place of its own. Chosen to sit on the edges where validators differ. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  0.1,
  0.3,
  16.05,
  1e21,
  2147483648,
  '',
  ' ',
  'x',
  '😀',
  '1',
  [],
  [null],
  {},
  { a: 1 },
  { vendorId: 'v', more: { a: [1] } },
  'x'.repeat(21),
  'x'.repeat(10001),
  '😀'.repeat(20),
  '😀'.repeat(11),
  '\uD800'.repeat(20),
  '2024-03-01T10:00:00',
  '2024-13-01T10:00:00Z',
  '2024-02-30T10:00:00Z',
  '2024-03-01T25:00:00Z',
  '2024-03-01T10:00:60Z',
  '2024-03-01t10:00:00z',
  '2024-03-01 10:00:00Z',
  '2024-03-01T10:00:00+0200',
  '2024-03-01T10:00:00.1234567890Z',
  'not a uri',
  'ftp://x/y',
];

/** A payload the schema accepts. */
export function validPayload(root: SourceSchema, next: (below: number) => number): unknown {
  return make(root, root, next);
}

function make(root: SourceSchema, given: SourceSchema, next: (below: number) => number): unknown {
  const schema =
    given.$ref === undefined ? given : (root.definitions?.[given.$ref.slice('#/definitions/'.length)] ?? {});
  switch (schema.type) {
    case 'object': {
      const value: Record<string, unknown> = {};
      for (const [name, child] of Object.entries(schema.properties ?? {}))
        if (schema.required?.includes(name) === true || next(3) === 0) value[name] = make(root, child, next);
      return value;
    }
    case 'array': {
      const fewest = schema.minItems ?? 0;
      const length = Math.min(schema.maxItems ?? 3, fewest + next(3));
      return Array.from({ length }, () => make(root, schema.items ?? {}, next));
    }
    case 'string': {
      if (schema.enum !== undefined) return schema.enum[next(schema.enum.length)];
      if (schema.format === 'date-time') return DATES[next(DATES.length)];
      if (schema.format === 'uri') return 'https://example.com/a?b=1';
      const longest = schema.maxLength ?? 40;
      const length = next(4) === 0 ? longest : Math.min(longest, next(12));
      return (next(4) === 0 ? '😀' : 'a').repeat(length);
    }
    case 'integer':
      return bounded(schema, next(1000));
    case 'number':
      return schema.multipleOf === undefined
        ? bounded(schema, next(100_000) / 1000)
        : Number((next(800) * schema.multipleOf).toFixed(1));
    case 'boolean':
      return next(2) === 0;
    default:
      return ODD_VALUES[next(ODD_VALUES.length)];
  }
}

function bounded(schema: SourceSchema, value: number): number {
  return Math.min(schema.maximum ?? Number.POSITIVE_INFINITY, Math.max(schema.minimum ?? 0, value));
}

/** A copy with one place changed: removed, replaced, added to or doubled. */
export function damagedPayload(payload: unknown, next: (below: number) => number): unknown {
  const copy: unknown = structuredClone(payload);
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const holders: Record<string, unknown>[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const holder = value as Record<string, unknown>;
    if (!Array.isArray(value)) holders.push(holder);
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      walk(holder[key]);
    }
  };
  walk(copy);
  const place = places[next(places.length)];
  const odd = ODD_VALUES[next(ODD_VALUES.length)];
  const choice = next(8);
  if (place === undefined || choice === 0) {
    const holder = holders[next(holders.length)];
    if (holder === undefined) return odd;
    holder[next(2) === 0 ? 'unknownProperty' : 'customData'] = odd;
  } else if (choice === 1 && !Array.isArray(place.holder)) delete place.holder[place.key];
  else if (choice === 2 && Array.isArray(place.holder[place.key])) {
    const list = place.holder[place.key] as unknown[];
    list.push(...Array.from({ length: 12 }, () => structuredClone(list[0])));
  } else if (choice === 3 && typeof place.holder[place.key] === 'string')
    place.holder[place.key] = `${String(place.holder[place.key])}x`;
  else place.holder[place.key] = odd;
  return copy;
}
