import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifests, resolveKustomization } from '../../src/kubernetes/kustomize.ts';
import { strategicMerge } from '../../src/kubernetes/strategic-merge.ts';
import { nameOf, type Tree } from '../../src/kubernetes/tree.ts';

const DEPLOYMENT = [
  'kind: Deployment',
  'metadata: { name: a }',
  'spec: { template: { spec: { containers: [{ name: c, image: one }, { name: d, image: "two:1", args: [x, z] }] } } }',
].join('\n');

/** Resolves a kustomization of the given files in a folder of its own. */
function resolved(files: Readonly<Record<string, string>>): readonly Tree[] {
  const folder = mkdtempSync(join(tmpdir(), 'voltlane-kustomize-'));
  try {
    for (const [path, text] of Object.entries({ 'a.yaml': DEPLOYMENT, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return resolveKustomization(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const lines = (...each: readonly string[]): string => each.join('\n');

describe('a kustomization', () => {
  it('gives namespace, tags and replicas to what its resources hold', () => {
    const [deployment] = resolved({
      'kustomization.yaml': lines(
        'namespace: chargers',
        'resources: [a.yaml]',
        'images: [{ name: one, newTag: "7" }, { name: two, newName: three }]',
        'replicas: [{ name: a, count: 4 }]',
      ),
    });
    expect(deployment).toEqual({
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'chargers' },
      spec: {
        replicas: 4,
        template: {
          spec: {
            containers: [
              { name: 'c', image: 'one:7' },
              { name: 'd', image: 'three:1', args: ['x', 'z'] },
            ],
          },
        },
      },
    });
  });

  it('makes ConfigMaps; an overlay adds to them or replaces them', () => {
    const manifests = resolved({
      'base/kustomization.yaml': 'configMapGenerator: [{ name: m, envs: [m.env] }, { name: r, files: [m.env] }]',
      'base/m.env': '# a comment\n\nA=1\nB=x=y\n',
      'kustomization.yaml': lines(
        'resources: [base]',
        'configMapGenerator:',
        '  - { name: m, behavior: merge, literals: [A=2] }',
        '  - { name: r, behavior: replace, files: [a.yaml] }',
      ),
    });
    expect(manifests.map((one) => [nameOf(one), one['data']])).toEqual([
      ['ConfigMap/m', { A: '2', B: 'x=y' }],
      ['ConfigMap/r', { 'a.yaml': DEPLOYMENT }],
    ]);
  });

  it.each([
    ['a field it does not know', 'commonLabels: { a: b }', /commonLabels is not known/],
    ['a patch that is written inline', 'resources: [a.yaml]\npatches: [{ patch: "x" }]', /patch is not known/],
    ['a patch for what is not there', 'patches: [{ path: a.yaml }]', /Deployment\/a is changed, but there is none/],
    ['replicas of what is not there', 'replicas: [{ name: b, count: 1 }]', /neither Deployment nor StatefulSet/],
    ['a line without a value', 'configMapGenerator: [{ name: m, literals: [A] }]', /"A" is no NAME=value/],
    ['merging into nothing', 'configMapGenerator: [{ name: m, behavior: merge }]', /ConfigMap\/m is changed/],
    ['a missing file', 'resources: [b.yaml]', /b\.yaml/],
    ['a field that is there twice', 'namespace: a\nnamespace: b', /unique/],
  ])('refuses %s', (_, kustomization, says) => {
    expect(() => resolved({ 'kustomization.yaml': kustomization })).toThrow(says);
  });

  it('reads YAML as kubectl does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'voltlane-yaml-'));
    writeFileSync(join(folder, 'x.yaml'), 'mode: 0440\n---\nmode: "0440"\n');
    expect(readManifests(join(folder, 'x.yaml'))).toEqual([{ mode: 288 }, { mode: '0440' }]);
    rmSync(folder, { recursive: true });
  });
});

describe('a strategic merge', () => {
  it('goes into objects, removes by null, and finds list items by their key', () => {
    const target = {
      a: { b: 1, c: 2 },
      env: [
        { name: 'x', value: '1' },
        { name: 'y', value: '2' },
      ],
      args: ['a', 'b'],
    };
    const patch = {
      a: { b: null, d: 3 },
      env: [
        { name: 'y', value: '9' },
        { name: 'z', value: '3' },
      ],
      args: ['c'],
    };
    expect(strategicMerge(target, patch)).toEqual({
      a: { c: 2, d: 3 },
      // In the order kustomize gives: what is patched comes first.
      env: [
        { name: 'y', value: '9' },
        { name: 'z', value: '3' },
        { name: 'x', value: '1' },
      ],
      args: ['c'],
    });
  });

  it.each([
    ['a list whose rule it does not know', { ports: [] }, /how lists of ports merge/],
    ['a directive', { $patch: 'delete' }, /\$patch is not known/],
  ])('refuses %s', (_, patch, says) => {
    expect(() => strategicMerge({}, patch)).toThrow(says);
  });
});
