/** The sets of manifests the tests look at. */
import { join, resolve } from 'node:path';
import { readManifests, resolveKustomization } from '../../src/kubernetes/kustomize.ts';
import type { Tree } from '../../src/kubernetes/tree.ts';

/** Folder of the manifests. */
export const KUBERNETES = resolve(import.meta.dirname, '../../kubernetes');

const overlay = (name: string): readonly Tree[] => resolveKustomization(join(KUBERNETES, 'overlays', name));
const example = (name: string): readonly Tree[] => readManifests(join(KUBERNETES, 'examples', `${name}.yaml`));

/** Everything somebody may apply, by name. */
export const PLACES: Readonly<Record<string, () => readonly Tree[]>> = {
  dev: () => overlay('dev'),
  production: () => overlay('production'),
  'production with ingress-nginx': () => [...overlay('production'), ...example('ingress-nginx')],
  'production with a load balancer': () => [...overlay('production'), ...example('load-balancer')],
};

/** What only production must keep, besides the rules for all. */
export const production = (): readonly Tree[] => overlay('production');
