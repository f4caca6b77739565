/**
 * A mistyped field passes the API's schemas, and the API server drops it without a word. The types of the same package know every
 * field, so the compiler looks at the manifests as if somebody had written them in TypeScript.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Tree } from '../../src/kubernetes/tree.ts';
import { PLACES, production } from './places.ts';
import { withFault } from './planted.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

const MODULES: Readonly<Record<string, string>> = {
  v1: 'v1',
  'apps/v1': 'apps/v1',
  'autoscaling/v2': 'autoscaling/v2',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking.k8s.io/v1',
};

/** What the compiler has against the manifests; empty when nothing. */
async function compile(manifests: readonly Tree[]): Promise<string> {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/manifests-'));
  try {
    const declarations = manifests.map((manifest, number) => {
      const kind = String(manifest['kind']);
      const path = `kubernetes-models/${MODULES[String(manifest['apiVersion'])]}/${kind}`;
      return `export const m${number}: import('${path}').I${kind} = ${JSON.stringify(manifest, null, 1)};`;
    });
    writeFileSync(join(folder, 'manifests.ts'), declarations.join('\n'));
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder]);
    return '';
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${String(error.stdout)}${error.message}` : String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the manifests', () => {
  it('have no field the API does not know', async () => {
    const all = Object.values(PLACES).flatMap((manifestsOf) => manifestsOf());
    expect(all.length).toBeGreaterThan(100);
    expect(await compile(all)).toBe('');
  });

  it.each([
    ['minReadySecond', ['spec', 'minReadySecond'], 5],
    ['terminationGracePeriodSecond', ['spec', 'template', 'spec', 'terminationGracePeriodSecond'], 5],
    ['periodSecond', ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'periodSecond'], 5],
  ])('with a mistyped %s are found', async (name, path, value) => {
    const planted = withFault(production(), 'Deployment/edge', path, value);
    expect(await compile(planted.filter((one) => one['kind'] === 'Deployment'))).toContain(
      `'"${name}"' does not exist in type`,
    );
  });
});
