import { describe, expect, it } from 'vitest';
import { ROOT, runTool } from '../src/tool.ts';
import { withFolder } from './planted.ts';

const LINT = ['--type-aware', '--config', `${ROOT}.oxlintrc.json`];
const TYPES = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  },
};

describe('this repository', () => {
  it('has no lint', async () => {
    const { code, output } = await runTool('oxlint', ['--type-aware']);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    expect(Number(/on (\d+) files/.exec(output)?.[1])).toBeGreaterThan(150);
  });

  it('is formatted', async () => {
    const { code, output } = await runTool('biome', ['check', '--max-diagnostics=20']);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    expect(Number(/Checked (\d+) files/.exec(output)?.[1])).toBeGreaterThan(150);
  });

  it('type-checks, sources, tests and scripts together', async () => {
    expect(await runTool('tsc', ['-p', 'libs/checks'])).toEqual({ code: 0, output: '' });
    const listed = await runTool('tsc', ['-p', 'libs/checks', '--listFilesOnly']);
    const own = listed.output.split('\n').filter((path) => path.startsWith(ROOT) && !path.includes('/node_modules/'));
    expect(own.length).toBeGreaterThan(150);
  });

  it('has no dead files, exports or dependencies', async () => {
    const { code, output } = await runTool('knip', ['--no-progress', '--no-config-hints']);
    expect([code, output]).toEqual([0, '']);
  });
});

describe('the lockfile', () => {
  const DRY_RUN = ['ci', '--dry-run', '--ignore-scripts'];

  it('is one that npm ci accepts', async () => {
    expect(await runTool('npm', DRY_RUN)).toEqual({ code: 0, output: expect.any(String) });
  });

  it('that lacks a dependency is found', async () => {
    const lock = { name: 'x', version: '1.0.0', lockfileVersion: 3, packages: { '': { name: 'x', version: '1.0.0' } } };
    const manifest = { name: 'x', version: '1.0.0', dependencies: { ws: '8.23.0' } };
    const files = { 'package.json': JSON.stringify(manifest), 'package-lock.json': JSON.stringify(lock) };
    await withFolder(files, async (folder) => {
      expect(await runTool('npm', DRY_RUN, folder)).toMatchObject({ code: 1 });
    });
  });
});

describe('a planted fault', () => {
  it.each([
    ['no-floating-promises', 'export async function f(): Promise<void> {}\nf();\n'],
    ['no-explicit-any', 'export const x: any = 1;\n'],
    ['no-non-null-assertion', 'export const x = (a: string | undefined): string => a!;\n'],
    ['no-default-export', 'export default 1;\n'],
    ['no-misused-promises', 'export const x = (f: () => void): void => f();\nx(async () => {});\n'],
    ['no-restricted-imports', `import { x } from '@voltlane/bus/x';\nexport const y = x;\n`],
  ])('is found by the linter: %s', async (rule, text) => {
    await withFolder({ 'x.ts': text, 'tsconfig.json': JSON.stringify(TYPES) }, async (folder) => {
      const { code, output } = await runTool('oxlint', [...LINT, folder]);
      expect([code, output]).toEqual([1, expect.stringContaining(rule)]);
    });
  });

  it('is found by the linter: an import cycle', async () => {
    const files = {
      'a.ts': `import { b } from './b.ts';\nexport const a = (): number => b();\n`,
      'b.ts': `import { a } from './a.ts';\nexport const b = (): number => a();\n`,
      'tsconfig.json': JSON.stringify(TYPES),
    };
    await withFolder(files, async (folder) => {
      const { code, output } = await runTool('oxlint', [...LINT, folder]);
      expect([code, output]).toEqual([1, expect.stringContaining('no-cycle')]);
    });
  });

  it('is found by the formatter', async () => {
    await withFolder({ 'x.ts': `import b from 'b';\nimport a from "a"\nexport const x = a+b\n` }, async (folder) => {
      const args = ['check', `--config-path=${ROOT}.biome.json`, '--vcs-enabled=false', folder];
      const { code, output } = await runTool('biome', args);
      expect([code, output]).toEqual([1, expect.stringContaining('organizeImports')]);
      expect(output).toContain('Formatter would have printed');
    });
  });

  it('is found by the compiler', async () => {
    const files = { 'x.ts': `export const x: number = 'one';\n`, 'tsconfig.json': JSON.stringify(TYPES) };
    await withFolder(files, async (folder) => {
      const { code, output } = await runTool('tsc', ['-p', folder]);
      expect([code === 0, output]).toEqual([false, expect.stringContaining('TS2322')]);
    });
  });

  it('is found by knip', async () => {
    const files = {
      'package.json': JSON.stringify({
        name: 'planted',
        type: 'module',
        main: 'src/index.ts',
        dependencies: { leven: '4.1.0' },
      }),
      'src/index.ts': `import { used } from './used.ts';\nconsole.log(used);\n`,
      'src/used.ts': 'export const used = 1;\nexport const deadExport = 2;\n',
      'src/dead-file.ts': 'export const x = 1;\n',
    };
    await withFolder(files, async (folder) => {
      const { code, output } = await runTool('knip', ['--no-progress', '--directory', folder]);
      expect(code).toBe(1);
      for (const fault of ['dead-file.ts', 'deadExport', 'leven']) expect(output).toContain(fault);
    });
  });
});
