/**
 * Where the nats-server binary comes from. Looks in NATS_SERVER_BIN, PATH and the cache under node_modules, and otherwise unpacks
 * the distribution's own package there, for which no root is needed. Never skips silently: without a binary it throws and
 * says what to do.
 */
import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE_DIR = resolve(import.meta.dirname, '../../../node_modules/.cache/voltlane');
const FIX = 'install it (apt-get install nats-server) or set NATS_SERVER_BIN to its path';
const LOCK_WAIT_MS_MAX = 120_000;
const COMMAND_MS_MAX = 90_000;

let found: Promise<string> | undefined;

/** Path of an executable nats-server; the first call may download it. */
export function natsServerBinary(): Promise<string> {
  found ??= find().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function find(): Promise<string> {
  const named = process.env['NATS_SERVER_BIN'];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new Error(`NATS_SERVER_BIN is ${named}, which is not an executable file`);
  }
  // Debian installs it in sbin, which is not in everybody's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    const path = join(folder, 'nats-server');
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return (await inCache()) ?? (await download());
}

async function inCache(): Promise<string | undefined> {
  if (!existsSync(CACHE_DIR)) return undefined;
  for (const folder of (await readdir(CACHE_DIR)).toSorted().reverse()) {
    if (!folder.startsWith('nats-server-')) continue;
    const path = join(CACHE_DIR, folder, 'nats-server');
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** One process unpacks, the others wait for it. */
async function download(): Promise<string> {
  await mkdir(CACHE_DIR, { recursive: true });
  const lock = join(CACHE_DIR, 'nats-server.lock');
  const deadlineMs = Date.now() + LOCK_WAIT_MS_MAX;
  for (;;) {
    try {
      const handle = await open(lock, 'wx');
      await handle.close();
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    const ready = await inCache();
    if (ready !== undefined) return ready;
    const age = await stat(lock).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    // A holder that died leaves its lock behind.
    if (age > LOCK_WAIT_MS_MAX) await rm(lock, { force: true });
    if (Date.now() > deadlineMs) throw new Error(`nats-server: waited ${LOCK_WAIT_MS_MAX} ms for ${lock}`);
    await new Promise((done) => setTimeout(done, 200));
  }
  try {
    return (await inCache()) ?? (await unpackPackage());
  } finally {
    await rm(lock, { force: true });
  }
}

async function unpackPackage(): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'voltlane-nats-'));
  try {
    const failures: string[] = [];
    const fetched = (await fetchPackage(work, [], failures)) || (await fetchWithOwnLists(work, failures));
    const file = fetched ? (await readdir(work)).find((name) => name.endsWith('.deb')) : undefined;
    if (file === undefined)
      throw new Error(`no nats-server found and none could be downloaded (${failures.join('; ')}): ${FIX}`);
    await run('dpkg', ['-x', join(work, file), join(work, 'root')], { timeout: COMMAND_MS_MAX });
    for (const folder of ['usr/sbin', 'usr/bin']) {
      const binary = join(work, 'root', folder, 'nats-server');
      if (await isExecutable(binary)) return await keep(binary);
    }
    throw new Error(`${file} holds no nats-server binary: ${FIX}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchPackage(work: string, options: readonly string[], failures: string[]): Promise<boolean> {
  try {
    await run('apt-get', [...options, 'download', 'nats-server'], { cwd: work, timeout: COMMAND_MS_MAX });
    return true;
  } catch (error) {
    failures.push(lastLine(error));
    return false;
  }
}

/** The system's package lists may be empty and only root can fill them: so with lists of our own, then as root. */
async function fetchWithOwnLists(work: string, failures: string[]): Promise<boolean> {
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
    if (await fetchPackage(work, options, failures)) return true;
  }
  return false;
}

async function keep(binary: string): Promise<string> {
  const { stdout } = await run(binary, ['--version'], { timeout: COMMAND_MS_MAX });
  const version = /v(\d[\w.-]*)/.exec(stdout)?.[1] ?? 'unknown';
  const target = join(CACHE_DIR, `nats-server-${version}`);
  const staged = await mkdtemp(join(CACHE_DIR, 'staged-'));
  await run('cp', [binary, join(staged, 'nats-server')]);
  await rename(staged, target);
  return join(target, 'nats-server');
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
