import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLockfile, checkReadmes, checkTracked, type TrackedFile } from '../src/repository.ts';
import { packagePaths } from '../src/source-tree.ts';
import { ROOT } from '../src/tool.ts';
import { trackedPaths } from './git.ts';
import { linesOf } from './planted.ts';

async function trackedFiles(): Promise<readonly TrackedFile[]> {
  const paths = await trackedPaths();
  return paths.map((path) => ({ path, bytes: statSync(join(ROOT, path)).size }));
}

function readOptional(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

describe('the files of this repository', () => {
  it('are where they belong', async () => {
    const files = await trackedFiles();
    expect(files.length).toBeGreaterThan(200);
    expect(linesOf(checkTracked(files))).toEqual([]);
  });

  it('include a short README for every package', () => {
    const readmes = new Map(packagePaths(ROOT).map((path) => [path, readOptional(join(ROOT, path, 'README.md'))]));
    expect(readmes.size).toBeGreaterThan(15);
    expect(linesOf(checkReadmes(readmes))).toEqual([]);
  });

  it('include a lockfile that names no host', () => {
    const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    expect(text).toContain('"integrity"');
    expect(linesOf(checkLockfile(text))).toEqual([]);
  });
});

describe('a planted fault', () => {
  it.each([
    ['a stranger at the top level', 'notes.txt', 1],
    ['a configuration at the top level', 'vitest.config.ts', 1],
    ['a generated file', 'libs/ocpp/generated/v16.js', 1],
    ['a built file', 'libs/ocpp/dist/index.js', 1],
    ['a file that is too big', 'libs/ocpp/src/x.ts', 1_048_577],
  ])('is found: %s', (_, path, bytes) => {
    expect(checkTracked([{ path, bytes }])).toHaveLength(1);
  });

  it('is found: a README that is missing, empty or too long', () => {
    const readmes = new Map([
      ['libs/a', undefined],
      ['libs/b', '\n'],
      ['libs/c', 'line\n'.repeat(61)],
      ['libs/d', 'line\n'.repeat(60)],
    ]);
    expect(checkReadmes(readmes).map(({ path }) => path)).toEqual([
      'libs/a/README.md',
      'libs/b/README.md',
      'libs/c/README.md',
    ]);
  });

  it('is found: a host in the lockfile', () => {
    const lock = `{ "node_modules/x": {\n "resolved": "https://packages.example/x.tgz" } }`;
    expect(linesOf(checkLockfile(lock))).toEqual(['package-lock.json:2 names a host']);
    expect(checkLockfile('{ "resolved": "libs/bus", "link": true }')).toEqual([]);
  });
});
