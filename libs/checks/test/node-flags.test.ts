import { readFileSync } from 'node:fs';
import { NODE_FLAGS } from '@voltlane/testkit';
import { expect, it } from 'vitest';
import { ROOT } from '../src/tool.ts';

it('runs services in tests and load tests with the flags they have in the scripts', () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { scripts: Record<string, string> };
  for (const name of ['start', 'edge', 'worker', 'api']) {
    expect(scripts[name]?.split(' ').filter((word) => word.startsWith('--max-') || word.startsWith('--initial-'))).toEqual(NODE_FLAGS);
  }
});
