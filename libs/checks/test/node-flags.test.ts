import { readFileSync } from 'node:fs';
import { EDGE_FLAGS, NODE_FLAGS, nodeFlags, WORKER_FLAGS } from '@voltlane/testkit';
import { expect, it } from 'vitest';
import { ROOT } from '../src/tool.ts';

const flagsIn = (text: string): readonly string[] =>
  (text.match(/--[a-z0-9-]+(?:=\w+)?/g) ?? []).filter((flag) => flag !== '--conditions=source');

it('runs services in tests, scripts and the image with the same flags of Node', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
  for (const name of ['start', 'edge', 'worker', 'api']) {
    expect(flagsIn(scripts[name] ?? '')).toEqual(nodeFlags(name));
    expect(scripts[name]).toMatch(
      /^NODE_COMPILE_CACHE="\$\{NODE_COMPILE_CACHE:-node_modules\/\.cache\/compiled\}" exec node /,
    );
  }
  const entry = readFileSync(`${ROOT}deploy/Dockerfile`, 'utf8')
    .split('\n')
    .find((line) => line.startsWith('ENTRYPOINT'));
  expect(flagsIn(entry ?? '')).toEqual(NODE_FLAGS);
  for (const [name, flags] of [
    ['edge', EDGE_FLAGS],
    ['worker', WORKER_FLAGS],
  ] as const) {
    const manifest = readFileSync(`${ROOT}deploy/kubernetes/base/${name}.yaml`, 'utf8');
    expect(flagsIn(/^ +args: \[.*$/m.exec(manifest)?.[0] ?? '')).toEqual(flags);
  }
});
