/** The stand-in for an engine does what an engine would, on a recipe small enough to see through. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTree, listTree } from '../../src/image/build-tree.ts';
import { parseDockerfile } from '../../src/image/dockerfile.ts';
import { parseIgnoreFile } from '../../src/image/ignore-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-build-'));
  mkdirSync(join(folder, 'context/code/secret'), { recursive: true });
  writeFileSync(join(folder, 'context/code/main.js'), 'one');
  writeFileSync(join(folder, 'context/code/secret/key'), 'two');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function build(dockerfile: string, ignore = 'code/secret'): Promise<string> {
  return buildTree({
    recipe: parseDockerfile(dockerfile),
    context: join(folder, 'context'),
    inContext: parseIgnoreFile(ignore),
    target: join(folder, 'target'),
    env: {},
  });
}

describe('a build without an engine', () => {
  it('copies what the context lets in, runs commands, and hands on from stage to stage', async () => {
    const root = await build(
      [
        'FROM a AS build',
        'WORKDIR /make',
        'ENV WHO=you',
        'COPY code code',
        'RUN echo "$WHO" > code/made && rm -f nothing',
        'FROM b',
        'WORKDIR /app',
        'COPY --from=build /make/code ./code',
      ].join('\n'),
    );
    expect((await listTree(root)).map(({ path }) => path).toSorted()).toEqual(['app/code/made', 'app/code/main.js']);
    expect(readFileSync(join(root, 'app/code/made'), 'utf8')).toBe('you\n');
    expect(existsSync(join(folder, 'target/build/make/code/secret'))).toBe(false);
  });

  it.each([
    ['copies what the context does not have', 'FROM a\nCOPY data data', '**', /data is not in the build context/],
    ['copies what is nowhere', 'FROM a\nCOPY data data', '', /ENOENT/],
    ['copies from a stage that is not there', 'FROM a\nCOPY --from=x y y', '', /no stage above/],
    ['has a command that fails', 'FROM a AS x\nRUN false', '', /Command failed/],
  ])('fails when it %s', async (_, dockerfile, ignore, says) => {
    await expect(build(dockerfile, ignore)).rejects.toThrow(says);
  });
});
