/**
 * Shared libraries a fetched binary needs and the system does not have: fetched the same way, kept beside it, and found by a script in its
 * place, so that whoever runs the binary needs to know nothing of them.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COMMAND_MS_MAX = 90_000;
const OUTPUT_MAX = { maxBuffer: 16_777_216, timeout: COMMAND_MS_MAX } as const;

/** A binary of an unpacked package. */
export interface UnpackedBinary {
  readonly pkg: string;
  /** Path. */
  readonly binary: string;
  /** Folder to work in; what is found goes to `libraries` in it. */
  readonly work: string;
  /** Options of apt its package was fetched with. */
  readonly options: readonly string[];
}

/** Fetches what the binary does not find; resolves to what is missing then, nothing when it can run. */
export async function fetchMissingLibraries({ pkg, binary, work, options }: UnpackedBinary): Promise<string> {
  if ((await unresolved(binary, '')) === '') return '';
  const folder = join(work, 'libraries');
  const packages = await libraryPackages(pkg, options);
  if (packages.length > 0) {
    await mkdir(folder);
    await run('apt-get', [...options, 'download', ...packages], { cwd: folder, timeout: COMMAND_MS_MAX });
    for (const file of await readdir(folder)) await run('dpkg', ['-x', join(folder, file), folder], OUTPUT_MAX);
  }
  return unresolved(binary, (await libraryFolders(folder)).join(':'));
}

/** Puts the libraries beside the binaries in `folder`, and a script in the place of each. */
export async function wrapWithLibraries(folder: string, libraries: string): Promise<void> {
  const folders = await libraryFolders(libraries);
  if (folders.length === 0) return;
  const names = await readdir(folder);
  const own = join(folder, 'lib');
  await mkdir(own);
  for (const from of folders) await run('cp', ['-a', `${from}/.`, own], OUTPUT_MAX);
  for (const name of names) {
    await rename(join(folder, name), join(folder, `${name}.real`));
    const script = `#!/bin/sh\nhere=$(dirname "$0")\nLD_LIBRARY_PATH="$here/lib" exec "$here/${name}.real" "$@"\n`;
    await writeFile(join(folder, name), script, { mode: 0o755 });
  }
}

/** Libraries the loader does not find, separated by commas. */
async function unresolved(binary: string, path: string): Promise<string> {
  try {
    const { stdout } = await run('ldd', [binary], { env: { ...process.env, LD_LIBRARY_PATH: path } });
    return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name).join(', ');
  } catch {
    return ''; // ldd fails for a static binary, which needs nothing.
  }
}

/** Packages of libraries `pkg` depends on, however indirectly, that are not installed. */
async function libraryPackages(pkg: string, options: readonly string[]): Promise<readonly string[]> {
  const { stdout: states } = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n'], OUTPUT_MAX);
  const known = new Set([...states.matchAll(/^(\S+) installed$/gm)].map(([, name]) => name));
  const wanted: string[] = [];
  for (let next: string | undefined = pkg; next !== undefined; next = wanted[wanted.indexOf(next) + 1]) {
    const { stdout } = await run('apt-cache', [...options, 'depends', next], OUTPUT_MAX);
    // One of several alternatives begins with a bar: what is installed may be another.
    for (const [, name = ''] of stdout.matchAll(/^ {2}Depends: (lib[a-z0-9][a-z0-9+.-]*)$/gm)) {
      if (!known.has(name)) wanted.push(name);
      known.add(name);
    }
  }
  return wanted;
}

/** Folders with libraries below an unpacked package: one for each architecture, `usr/lib` itself. */
async function libraryFolders(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const top of ['usr/lib', 'lib']) {
    const folder = join(root, top);
    if (!existsSync(folder)) continue;
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name.endsWith('-linux-gnu')) folders.push(join(folder, entry.name));
    }
  }
  return folders;
}
