/**
 * Keeps libs/ocpp/generated/ equal to what the schemas and the generator's own source say.
 * A stamp makes the usual run cheap: nothing is loaded, nothing written when neither has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const OUT = fileURLToPath(new URL('../generated/', import.meta.url));
const STAMP = 'stamp.json';
const require = createRequire(import.meta.url);

/** Version → file tag and schema module of typed-ocpp. */
const SOURCES: Readonly<Record<string, { readonly tag: string; readonly folder: string }>> = {
  '1.6': { tag: 'v16', folder: 'ocpp16' },
  '2.0.1': { tag: 'v201', folder: 'ocpp20' },
  '2.1': { tag: 'v21', folder: 'ocpp21' },
};

/** Runs the generator; returns the exit code. `--force` writes always, `--check` only compares. */
export function main(args: readonly string[]): number {
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
  const files = generate();
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

function generate(): Map<string, string> {
  // Loaded here and not above: a fresh run must not pay for ajv and 600 kB of schemas.
  const emit: typeof import('./emit.ts') = require('./emit.ts');
  const { readSchemaSet }: typeof import('./schemas.ts') = require('./schemas.ts');
  const files = new Map<string, string>();
  const sets: Record<string, import('./schemas.ts').SchemaSet> = {};
  const modules: Record<string, string> = {};
  for (const [version, { tag, folder }] of Object.entries(SOURCES)) {
    const set = readSchemaSet(require(`typed-ocpp/dist/${folder}/schemas.js`));
    sets[version] = set;
    modules[version] = `typed-ocpp/dist/${folder}/types.js`;
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
  const stamp: { inputs?: string; files?: Record<string, string> } = JSON.parse(text);
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
      parts.push(`${name}@${require(`${name}/package.json`).version}`);
    } catch {
      return undefined;
    }
  }
  return sha256(parts.join('\0'));
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
