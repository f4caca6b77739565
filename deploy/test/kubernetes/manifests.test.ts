import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../../src/kubernetes/api-schema.ts';
import { readManifests } from '../../src/kubernetes/kustomize.ts';
import { optionFiles } from '../../src/kubernetes/option-files.ts';
import { EVERY_RULE } from '../../src/kubernetes/rules/every-rule.ts';
import { secretsAreElsewhere, serviceContainers } from '../../src/kubernetes/rules/options.ts';
import { socketsOfALostZoneFit, zonesAreUsed } from '../../src/kubernetes/rules/scaling.ts';
import { workloadsOf } from '../../src/kubernetes/workload.ts';
import { KUBERNETES, PLACES, production } from './places.ts';

describe.each(Object.entries(PLACES))('the manifests of %s', (_, manifestsOf) => {
  const manifests = manifestsOf();

  it('are all there', () => {
    expect(manifests.length).toBeGreaterThan(20);
    expect(serviceContainers(manifests).map(({ service }) => service)).toEqual(['edge', 'worker', 'api']);
    expect(workloadsOf(manifests).map(({ title }) => title)).toContain('StatefulSet/nats');
  });

  it.each(Object.entries(EVERY_RULE))('%s', (__, rule) => {
    expect(rule(manifests)).toEqual([]);
  });
});

describe('production', () => {
  it('is spread over zones, and two of three have room for all', () => {
    expect(zonesAreUsed(production())).toEqual([]);
    expect(socketsOfALostZoneFit(production(), 3)).toEqual([]);
  });

  it('takes its Secrets from elsewhere; the example has the form they must have', () => {
    expect(secretsAreElsewhere(production())).toEqual([]);
    const example = readManifests(join(KUBERNETES, 'examples/secrets.yaml'));
    expect(schemaProblems(example)).toEqual([]);
    const form = (manifests: readonly unknown[]): string =>
      JSON.stringify(manifests)
        .replaceAll(/"(password|token)":"[^"]*"/g, '"$1":""')
        .replaceAll(/,?"namespace":"\w+"/g, '');
    expect(form(example)).toBe(form(readManifests(join(KUBERNETES, 'overlays/dev/secrets.yaml'))));
    expect(secretsAreElsewhere(example)).toHaveLength(2);
  });
});

describe('the files below deploy/kubernetes', () => {
  const paths = readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' });

  it('of options are what the catalogue and the settings make', () => {
    const files = optionFiles();
    expect(paths.filter((path) => path.endsWith('.env')).toSorted()).toEqual([...files.keys()].toSorted());
    for (const [path, text] of files)
      expect(
        readFileSync(join(KUBERNETES, path), 'utf8') === text,
        `${path}: run deploy/scripts/write-options.ts`,
      ).toBe(true);
  });

  it('are each used by a kustomization, or an example', () => {
    const all = paths.filter((path) => path.endsWith('kustomization.yaml'));
    const used = all.map((path) => readFileSync(join(KUBERNETES, path), 'utf8')).join('\n');
    const lost = paths
      .filter((path) => /\.(yaml|env|conf)$/.test(path) && !path.endsWith('kustomization.yaml'))
      .filter((path) => !/^(examples|prometheus-adapter)\//.test(path))
      .filter((path) => !used.includes(path.replace(/^(base|overlays\/\w+)\//, '')));
    expect(lost).toEqual([]);
  });
});
