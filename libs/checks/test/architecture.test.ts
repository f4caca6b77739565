import { CATALOGUE } from '@voltlane/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkDoors } from '../src/doors.ts';
import { checkLevels, LEVELS } from '../src/levels.ts';
import { checkOptionUse } from '../src/option-use.ts';
import { checkShape } from '../src/shape.ts';
import { packagePaths, readTree, type SourceModule } from '../src/source-tree.ts';
import { ROOT } from '../src/tool.ts';
import { faultsOf, linesOf } from './planted.ts';

let modules: readonly SourceModule[] = [];

beforeAll(() => {
  modules = readTree(ROOT);
});

describe('this repository', () => {
  it('is read as a whole: every package, with its imports and its names', () => {
    expect(modules.length).toBeGreaterThan(150);
    const read = new Set(modules.map((module) => module.packagePath));
    expect(packagePaths(ROOT).filter((path) => !read.has(path))).toEqual([]);
    expect(modules.flatMap((module) => module.facts.imports).length).toBeGreaterThan(500);
    const clock = modules.find((module) => module.path === 'libs/time/src/system-clock.ts');
    expect(clock?.facts.uses.map(({ name }) => name)).toContain('Date.now');
  });

  it('gives every package a level', () => {
    const names = packagePaths(ROOT).map((path) => path.split('/').at(-1));
    expect(names.toSorted()).toEqual(Object.keys(LEVELS).toSorted());
  });

  it('imports only from lower levels', () => {
    expect(linesOf(checkLevels(modules))).toEqual([]);
  });

  it('uses packages and the platform through their doors', () => {
    expect(linesOf(checkDoors(modules))).toEqual([]);
  });

  it('keeps its shape', () => {
    expect(linesOf(checkShape(modules))).toEqual([]);
  });

  it('reads every option it offers', () => {
    expect(
      linesOf(
        checkOptionUse(
          CATALOGUE.map((entry) => entry.field),
          modules,
        ),
      ),
    ).toEqual([]);
  });
});

describe('a planted fault in levels', () => {
  it.each([
    ['an import of a higher level', 'libs/wire/src/x.ts', `import { a } from '@voltlane/bus';`],
    ['an import of the same level', 'services/edge/src/x.ts', `import { a } from '@voltlane/worker';`],
    ['a type import of a higher level', 'libs/time/src/x.ts', `import type { A } from '@voltlane/bus';`],
    ['a re-export of a higher level', 'libs/ocpp/src/x.ts', `export { a } from '@voltlane/bus';`],
    ['a dynamic import of a higher level', 'libs/ocpp/src/x.ts', `await import('@voltlane/bus');`],
    [
      'a service imported by a test of another',
      'services/edge/test/x.test.ts',
      `import { a } from '@voltlane/worker';`,
    ],
    ['the testkit in a source', 'services/edge/src/x.ts', `import { a } from '@voltlane/testkit';`],
    ['a way around an index', 'services/edge/src/x.ts', `import { a } from '@voltlane/bus/src/nats.ts';`],
    ['a relative way into another package', 'services/edge/src/x.ts', `import { a } from '../../worker/src/a.ts';`],
    ['a source that imports a test', 'services/edge/src/x.ts', `import { a } from '../test/a.ts';`],
    ['a package without a level', 'libs/fresh/src/x.ts', `import { a } from '@voltlane/bus';`],
  ])('is found: %s', async (_, path, text) => {
    expect(await faultsOf(checkLevels, path, text)).toHaveLength(1);
  });

  it('is not seen where there is none', async () => {
    expect(await faultsOf(checkLevels, 'services/broker/src/x.ts', `import { a } from '@voltlane/edge';`)).toEqual([]);
    expect(
      await faultsOf(checkLevels, 'services/edge/test/x.test.ts', `import { a } from '@voltlane/testkit';`),
    ).toEqual([]);
  });
});

describe('a planted fault in doors', () => {
  it.each([
    ['ws', `import { WebSocket } from 'ws';`],
    ['a part of a package', `import x from 'nats/lib/x.js';`],
    ['a package nobody has a door for', `import x from '@scope/unheard-of';`],
    ['Date.now', `export const x = Date.now();`],
    ['new Date', `export const x = new Date();`],
    ['Date handed on', `export const x = { clock: Date };`],
    ['Math.random', `export const x = Math.random();`],
    ['Math["random"]', `export const x = Math['random']();`],
    ['setTimeout', `setTimeout(() => {}, 1);`],
    ['globalThis.setTimeout', `globalThis.setTimeout(() => {}, 1);`],
    ['setInterval handed on', `run(setInterval);`],
    ['setImmediate', `setImmediate(() => {});`],
    ['performance.now', `export const x = performance.now();`],
    ['process.env', `export const x = process.env['HOME'];`],
    ['process["env"]', `export const x = process['env'];`],
    ['node:timers', `import { x } from 'node:timers/promises';`],
  ])('is found: %s', async (_, text) => {
    expect(await faultsOf(checkDoors, 'services/worker/src/x.ts', text)).toHaveLength(1);
  });

  it.each([
    ['a property called Date', `export const x = row.Date;`],
    ['a key called setTimeout', `export const x = { setTimeout: 1 };`],
    ['the type Date', `export const x = (at: Date): void => use(at);`],
    ['Math.max', `export const x = Math.max(1, 2);`],
    ['a comment and a text', `// Date.now()\nexport const x = 'Date.now()';`],
  ])('is not seen where there is none: %s', async (_, text) => {
    expect(await faultsOf(checkDoors, 'services/worker/src/x.ts', text)).toEqual([]);
  });

  it('is not seen behind the door itself or in a test', async () => {
    expect(await faultsOf(checkDoors, 'libs/time/src/x.ts', `export const x = Date.now();`)).toEqual([]);
    expect(await faultsOf(checkDoors, 'libs/bus/test/x.test.ts', `export const x = Date.now();`)).toEqual([]);
  });
});

describe('a planted fault in shape', () => {
  const mark = ['TO', 'DO'].join('');
  it.each([
    ['a long file', 'libs/bus/src/x.ts', 'export {};\n'.repeat(401)],
    ['a camel-case name', 'libs/bus/src/myFile.ts', ''],
    ['a vague name', 'libs/bus/src/string-utils.ts', ''],
    ['a vague folder', 'libs/bus/src/helpers/x.ts', ''],
    ['a default export', 'libs/bus/src/x.ts', 'export default 1;'],
    ['a default export by name', 'libs/bus/src/x.ts', 'const a = 1;\nexport { a as default };'],
    ['a barrel', 'libs/bus/src/x.ts', `export * from './a.ts';`],
    ['a named barrel', 'libs/bus/src/x.ts', `export * as a from './a.ts';`],
    ['a test switched off', 'libs/bus/test/x.test.ts', `it.skip('x', () => {});`],
    ['the only test', 'libs/bus/test/x.test.ts', `describe.only('x', () => {});`],
    ['a test to come', 'libs/bus/test/x.test.ts', `test.todo('x');`],
    ['a table switched off', 'libs/bus/test/x.test.ts', `it.skip.each([1])('x', () => {});`],
    ['a conditional skip', 'libs/bus/test/x.test.ts', `it.skipIf(true)('x', () => {});`],
    ['a note to self', 'libs/bus/src/x.ts', `// ${mark}: later`],
    ['a silenced compiler', 'libs/bus/src/x.ts', '// @ts-ignore\n'],
    ['a silenced linter', 'libs/bus/src/x.ts', '// oxlint-disable-next-line no-console\n'],
  ])('is found: %s', async (_, path, text) => {
    expect(await faultsOf(checkShape, path, text)).toHaveLength(1);
  });

  it('is not seen where there is none', async () => {
    const text = `// oxlint-disable-next-line no-console -- the banner is for people\nexport const x = list.only;\n`;
    expect(await faultsOf(checkShape, 'libs/bus/src/good-name.ts', text)).toEqual([]);
  });
});

describe('a planted fault in options', () => {
  it('is found: an option nobody reads', async () => {
    const text = 'export const x = config.ocppPort;';
    const check = (read: readonly SourceModule[]) => checkOptionUse(['ocppPort', 'nobodysOption'], read);
    expect(await faultsOf(check, 'services/edge/src/x.ts', text)).toEqual(['option nobodysOption is read by nobody']);
  });
});
