import { readFileSync } from 'node:fs';
import { NODE_FLAGS, nodeFlags, WORKER_FLAGS } from '@voltlane/testkit';
import { expect, it } from 'vitest';
import { ROOT } from '../src/tool.ts';

const flagsIn = (text: string): readonly string[] => text.match(/--[a-z0-9-]+=\d+/g) ?? [];

it('runs services in tests, scripts and the image with the same flags of Node', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
  for (const name of ['start', 'edge', 'worker', 'api']) expect(flagsIn(scripts[name] ?? '')).toEqual(nodeFlags(name));
  const entry = readFileSync(`${ROOT}deploy/Dockerfile`, 'utf8')
    .split('\n')
    .find((line) => line.startsWith('ENTRYPOINT'));
  expect(flagsIn(entry ?? '')).toEqual(NODE_FLAGS);
  const worker = readFileSync(`${ROOT}deploy/kubernetes/base/worker.yaml`, 'utf8');
  expect(flagsIn(/^ +args: \[.*$/m.exec(worker)?.[0] ?? '')).toEqual(WORKER_FLAGS);
});
