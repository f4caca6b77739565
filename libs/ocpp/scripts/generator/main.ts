/**
 * Keeps libs/ocpp/generated/ equal to what the schemas and the generator's own source say.
 * A stamp makes the usual run cheap: nothing is loaded, nothing written when neither has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SchemaSet } from './schemas.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OUT = fileURLToPath(new URL('../../generated/', import.meta.url));
const STAMP = 'stamp.json';
const require = createRequire(import.meta.url);

interface Source {
  /** Names the files of the version. */
  readonly tag: string;
  /** Module of typed-ocpp the payload types come from. */
  readonly types: string;
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
}

/* oxlint-disable no-restricted-imports -- typed-ocpp publishes its schemas without running ajv under these paths only */
// Loaded on demand: a fresh run must not pay for ajv and 600 kB of schemas.
const SOURCES: Readonly<Record<string, Source>> = {
  '1.6': {
    tag: 'v16',
    types: 'typed-ocpp/dist/ocpp16/types.js',
    load: () => import('typed-ocpp/dist/ocpp16/schemas.js'),
  },
  '2.0.1': {
    tag: 'v201',
    types: 'typed-ocpp/dist/ocpp20/types.js',
    load: () => import('typed-ocpp/dist/ocpp20/schemas.js'),
  },
  '2.1': {
    tag: 'v21',
    types: 'typed-ocpp/dist/ocpp21/types.js',
    load: () => import('typed-ocpp/dist/ocpp21/schemas.js'),
  },
};

/* oxlint-enable no-restricted-imports */

/** Runs the generator; returns the exit code. `--force` writes always, `--check` only compares. */
export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--force' && arg !== '--check');
  if (unknown !== undefined) return fail(`unknown option ${unknown}; known: --force, --check`);
  const inputs = inputsHash();
  if (inputs === undefined) {
    if (existsSync(`${OUT}${STAMP}`)) return 0; // an install without devDependencies beside files already generated
    return fail(
      'typed-ocpp and ajv are devDependencies and missing: run npm ci without --omit=dev, or copy libs/ocpp/generated',
    );
  }
  if (args.length === 0 && isFresh(inputs)) return 0;
  const files = await generate();
  const stamp = JSON.stringify(
    { inputs, files: Object.fromEntries([...files].map(([name, text]) => [name, sha256(text)])) },
    null,
    2,
  );
  files.set(STAMP, `${stamp}\n`);
  return args.includes('--check') ? check(files) : write(files);
}

function check(files: ReadonlyMap<string, string>): number {
  const wrong = [...files].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  const strays = existsSync(OUT) ? readdirSync(OUT).filter((name) => !files.has(name) && !name.endsWith('.tmp')) : [];
  if (wrong.length === 0 && strays.length === 0) return 0;
  return fail(
    `libs/ocpp/generated differs from what would be generated: ${[...wrong, ...strays].join(', ')}; run npm run generate`,
  );
}

function write(files: ReadonlyMap<string, string>): number {
  mkdirSync(OUT, { recursive: true });
  rmSync(`${OUT}${STAMP}`, { force: true });
  // Each file appears whole, the stamp last: two runs at once, or a kill in between, leave nothing half done that looks fresh.
  for (const [name, text] of files) {
    const temporary = `${OUT}${name}.${process.pid}.tmp`;
    writeFileSync(temporary, text);
    renameSync(temporary, `${OUT}${name}`);
  }
  for (const name of readdirSync(OUT)) if (!files.has(name) && !name.endsWith('.tmp')) rmSync(`${OUT}${name}`);
  return 0;
}

async function generate(): Promise<Map<string, string>> {
  const emit = await import('./emit.ts');
  const { readSchemaSet } = await import('./schemas.ts');
  const files = new Map<string, string>();
  const sets: Record<string, SchemaSet> = {};
  const modules: Record<string, string> = {};
  for (const [version, { tag, types, load }] of Object.entries(SOURCES)) {
    const set = readSchemaSet(await load());
    sets[version] = set;
    modules[version] = types;
    for (const mode of ['strict', 'lenient'] as const) {
      files.set(`${tag}-${mode}.js`, emit.emitValidators(tag, set, mode === 'lenient'));
      files.set(`${tag}-${mode}.d.ts`, emit.VALIDATORS_DTS);
    }
  }
  files.set('shapes.js', emit.emitShapes(sets));
  files.set('shapes.d.ts', emit.SHAPES_DTS);
  files.set('payloads.js', 'export {};\n');
  files.set('payloads.d.ts', emit.emitPayloadTypes(sets, modules));
  return files;
}

function isFresh(inputs: string): boolean {
  const text = read(STAMP);
  if (text === undefined) return false;
  const stamp = JSON.parse(text) as { inputs?: string; files?: Record<string, string> };
  if (stamp.inputs !== inputs) return false;
  return Object.entries(stamp.files ?? {}).every(([name, hash]) => {
    const content = read(name);
    return content !== undefined && sha256(content) === hash;
  });
}

/** Hash over the generator's source and the versions it reads from; undefined when those packages are not installed. */
function inputsHash(): string | undefined {
  const parts = readdirSync(HERE)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => readFileSync(`${HERE}${name}`, 'utf8'));
  for (const name of ['typed-ocpp', 'ajv']) {
    try {
      parts.push(`${name}@${versionOf(name)}`);
    } catch {
      return undefined;
    }
  }
  return sha256(parts.join('\0'));
}

function versionOf(name: string): string {
  const manifest = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

function read(name: string): string | undefined {
  try {
    return readFileSync(`${OUT}${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function fail(message: string): number {
  console.error(message);
  return 1;
}
