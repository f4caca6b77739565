/**
 * Where binaries come from that are no part of the npm install: nats-server, prometheus, promtool. Looks in an environment variable,
 * PATH and the cache under node_modules, and otherwise unpacks the distribution's own package there, for which no root is needed.
 * Never skips silently: without a binary it throws and says what to do.
 */
import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fetchMissingLibraries, wrapWithLibraries } from './debian-libraries.ts';

const run = promisify(execFile);

const CACHE_DIR = resolve(import.meta.dirname, '../../../node_modules/.cache/voltlane');
const LOCK_WAIT_MS_MAX = 120_000;
const COMMAND_MS_MAX = 90_000;

/** What is looked for. */
interface Wanted {
  readonly pkg: string;
  readonly binary: string;
  /** Variable that names the file. */
  readonly env: string;
}

const found = new Map<string, Promise<string>>();

/** Path of an executable `binary` of the Debian package `pkg`; the first call may download it. `<BINARY>_BIN` overrides. */
export function debianBinary(pkg: string, binary: string): Promise<string> {
  const known = found.get(binary);
  if (known !== undefined) return known;
  const env = `${binary.toUpperCase().replaceAll('-', '_')}_BIN`;
  const finding = find({ pkg, binary, env }).catch((error: unknown) => {
    found.delete(binary);
    throw error;
  });
  found.set(binary, finding);
  return finding;
}

/** Path of an executable nats-server. */
export function natsServerBinary(): Promise<string> {
  return debianBinary('nats-server', 'nats-server');
}

function fixFor({ pkg, env }: Wanted): string {
  return `install it (apt-get install ${pkg}) or set ${env} to its path`;
}

async function find(wanted: Wanted): Promise<string> {
  const { binary, env } = wanted;
  const named = process.env[env];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new Error(`${env} is ${named}, which is not an executable file`);
  }
  // Debian installs some in sbin, which is not in everybody's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    const path = join(folder, binary);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return (await inCache(wanted)) ?? (await download(wanted));
}

async function inCache({ pkg, binary }: Wanted): Promise<string | undefined> {
  if (!existsSync(CACHE_DIR)) return undefined;
  for (const folder of (await readdir(CACHE_DIR)).toSorted().reverse()) {
    if (!folder.startsWith(`${pkg}-`)) continue;
    const path = join(CACHE_DIR, folder, binary);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** One process unpacks, the others wait for it. */
async function download(wanted: Wanted): Promise<string> {
  const { pkg } = wanted;
  await mkdir(CACHE_DIR, { recursive: true });
  const lock = join(CACHE_DIR, `${pkg}.lock`);
  const deadlineMs = Date.now() + LOCK_WAIT_MS_MAX;
  for (;;) {
    try {
      const handle = await open(lock, 'wx');
      await handle.close();
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    const ready = await inCache(wanted);
    if (ready !== undefined) return ready;
    const age = await stat(lock).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    // A holder that died leaves its lock behind.
    if (age > LOCK_WAIT_MS_MAX) await rm(lock, { force: true });
    if (Date.now() > deadlineMs) throw new Error(`${pkg}: waited ${LOCK_WAIT_MS_MAX} ms for ${lock}`);
    await new Promise((done) => setTimeout(done, 200));
  }
  try {
    return (await inCache(wanted)) ?? (await unpackPackage(wanted));
  } finally {
    await rm(lock, { force: true });
  }
}

async function unpackPackage(wanted: Wanted): Promise<string> {
  const { pkg, binary } = wanted;
  const work = await mkdtemp(join(tmpdir(), `voltlane-${pkg}-`));
  try {
    const failures: string[] = [];
    const options = (await fetchPackage(wanted, work, [], failures))
      ? []
      : await fetchWithOwnLists(wanted, work, failures);
    const file = (await readdir(work)).find((name) => name.startsWith(`${pkg}_`) && name.endsWith('.deb'));
    if (file === undefined || options === undefined)
      throw new Error(`no ${binary} found and none could be downloaded (${failures.join('; ')}): ${fixFor(wanted)}`);
    const root = join(work, 'root');
    await run('dpkg', ['-x', join(work, file), root], { timeout: COMMAND_MS_MAX });
    for (const name of ['usr/sbin', 'usr/bin']) {
      const folder = join(root, name);
      if (!(await isExecutable(join(folder, binary)))) continue;
      const lacking = await fetchMissingLibraries({ pkg, binary: join(folder, binary), work, options });
      if (lacking !== '') throw new Error(`${binary} lacks ${lacking}: ${fixFor(wanted)}`);
      await wrapWithLibraries(folder, join(work, 'libraries'));
      return await keep(wanted, folder, file);
    }
    throw new Error(`${file} holds no ${binary} binary: ${fixFor(wanted)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchPackage(
  { pkg }: Wanted,
  work: string,
  options: readonly string[],
  failures: string[],
): Promise<boolean> {
  try {
    await run('apt-get', [...options, 'download', pkg], { cwd: work, timeout: COMMAND_MS_MAX });
    return true;
  } catch (error) {
    failures.push(lastLine(error));
    return false;
  }
}

/**
 * The system's package lists may be empty and only root can fill them: so with lists of our own, then as root. Resolves to the options of
 * apt that worked.
 */
async function fetchWithOwnLists(
  wanted: Wanted,
  work: string,
  failures: string[],
): Promise<readonly string[] | undefined> {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const own = [
    '-o',
    `Dir::State=${state}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    'Dir::State::status=/var/lib/dpkg/status',
  ];
  for (const options of process.getuid?.() === 0 ? [own, []] : [own]) {
    try {
      await run('apt-get', [...options, 'update'], { timeout: COMMAND_MS_MAX });
    } catch (error) {
      failures.push(lastLine(error));
      continue;
    }
    if (await fetchPackage(wanted, work, options, failures)) return options;
  }
  return undefined;
}

/** Keeps all binaries of the package: whoever needs one often needs the next. `file` is the package, named after its version. */
async function keep({ pkg, binary }: Wanted, folder: string, file: string): Promise<string> {
  const version = /_([^_-]+)/.exec(file)?.[1] ?? 'unknown';
  const target = join(CACHE_DIR, `${pkg}-${version}`);
  const staged = await mkdtemp(join(CACHE_DIR, 'staged-'));
  await run('cp', ['-r', `${folder}/.`, staged]);
  await rename(staged, target);
  return join(target, binary);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? `${String(error.stderr)}` : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
