/**
 * What `kubectl kustomize` makes of a folder, for the part of kustomize our folders use: namespace, resources, images, replicas,
 * configMapGenerator, patches from files. Any other field is an error. One difference: kustomize adds a hash of its content to the
 * name of a generated ConfigMap and to every mention of it, which changes names and nothing else; here they keep their names.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { strategicMerge } from './strategic-merge.ts';
import { list, nameOf, type Tree, text, tree } from './tree.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'images',
  'replicas',
  'configMapGenerator',
  'patches',
]);
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set(['Namespace']);

/** All manifests of a kustomization, resolved. Throws TypeError for what it does not know, Error for what is missing. */
export function resolveKustomization(folder: string): readonly Tree[] {
  const [file] = readManifests(join(folder, 'kustomization.yaml'));
  const kustomization = tree(file, folder);
  onlyKnown(kustomization, FIELDS, folder);
  const resources = list(kustomization['resources'], 'resources').flatMap((each) => {
    const path = join(folder, text(each, 'resource'));
    return statSync(path).isDirectory() ? resolveKustomization(path) : readManifests(path);
  });
  let manifests: readonly Tree[] = resources;
  for (const each of list(kustomization['configMapGenerator'], 'configMapGenerator'))
    manifests = generate(folder, manifests, tree(each, 'configMapGenerator'));
  for (const each of list(kustomization['patches'], 'patches')) {
    onlyKnown(tree(each, 'patch'), new Set(['path']), 'patch');
    const path = join(folder, text(tree(each, 'patch')['path'], 'path'));
    for (const patch of readManifests(path))
      manifests = change(manifests, nameOf(patch), (one) => strategicMerge(one, patch));
  }
  for (const each of list(kustomization['replicas'], 'replicas')) manifests = scale(manifests, tree(each, 'replicas'));
  for (const each of list(kustomization['images'], 'images')) manifests = retag(manifests, tree(each, 'images'));
  const namespace = kustomization['namespace'];
  return namespace === undefined ? manifests : manifests.map((one) => inNamespace(one, text(namespace, 'namespace')));
}

/** The documents of a YAML file. Throws with the parser's first complaint. */
export function readManifests(path: string): readonly Tree[] {
  // YAML 1.1 is what kubectl reads: there 0440 is octal and `on` is true.
  const documents = parseAllDocuments(readFileSync(path, 'utf8'), { version: '1.1', uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
    return tree(document.toJS(), path);
  });
}

function onlyKnown(value: Tree, known: ReadonlySet<string>, where: string): void {
  const strange = Object.keys(value).filter((field) => !known.has(field));
  if (strange.length > 0) throw new TypeError(`${where}: ${strange.join(', ')} is not known here`);
}

function change(manifests: readonly Tree[], name: string, how: (manifest: Tree) => Tree): readonly Tree[] {
  if (!manifests.some((one) => nameOf(one) === name)) throw new Error(`${name} is changed, but there is none`);
  return manifests.map((one) => (nameOf(one) === name ? how(one) : one));
}

function generate(folder: string, manifests: readonly Tree[], generator: Tree): readonly Tree[] {
  onlyKnown(generator, new Set(['name', 'behavior', 'envs', 'files', 'literals']), 'configMapGenerator');
  const name = text(generator['name'], 'name');
  const data: Record<string, string> = {};
  for (const file of list(generator['envs'], 'envs'))
    Object.assign(data, parseEnvLines(readFileSync(join(folder, text(file, 'env')), 'utf8')));
  for (const file of list(generator['files'], 'files')) {
    const path = text(file, 'file');
    data[basename(path)] = readFileSync(join(folder, path), 'utf8');
  }
  for (const literal of list(generator['literals'], 'literals'))
    Object.assign(data, parseEnvLines(text(literal, 'literal')));
  const made: Tree = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
  switch (generator['behavior']) {
    case undefined:
    case 'create':
      return [...manifests, made];
    case 'replace':
      return change(manifests, `ConfigMap/${name}`, (one) => ({ ...one, data }));
    case 'merge':
      return change(manifests, `ConfigMap/${name}`, (one) => ({
        ...one,
        data: { ...tree(one['data'], 'data'), ...data },
      }));
    default:
      throw new TypeError(`behavior ${String(generator['behavior'])} is not known here`);
  }
}

/** `NAME=value` per line; comments and empty lines are skipped. */
function parseEnvLines(lines: string): Record<string, string> {
  const pairs = lines
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): readonly [string, string] => {
      const equals = line.indexOf('=');
      if (equals < 1) throw new TypeError(`"${line}" is no NAME=value`);
      return [line.slice(0, equals), line.slice(equals + 1)];
    });
  return Object.fromEntries(pairs);
}

function scale(manifests: readonly Tree[], { name, count, ...rest }: Tree): readonly Tree[] {
  onlyKnown(rest, new Set(), 'replicas');
  const owner = manifests.find(
    (one) => nameOf(one) === `Deployment/${String(name)}` || nameOf(one) === `StatefulSet/${String(name)}`,
  );
  if (owner === undefined) throw new Error(`replicas of ${String(name)}, which is neither Deployment nor StatefulSet`);
  return change(manifests, nameOf(owner), (one) => strategicMerge(one, { spec: { replicas: count } }));
}

function retag(manifests: readonly Tree[], image: Tree): readonly Tree[] {
  onlyKnown(image, new Set(['name', 'newName', 'newTag']), 'images');
  const name = text(image['name'], 'name');
  const replace = (value: unknown, field: string): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown) => replace(item, ''));
    if (field === 'image' && typeof value === 'string') {
      const [before, tag] = value.split(':');
      if (before !== name) return value;
      const newTag = image['newTag'] === undefined ? tag : text(image['newTag'], 'newTag');
      const newName = image['newName'] === undefined ? name : text(image['newName'], 'newName');
      return newTag === undefined ? newName : `${newName}:${newTag}`;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, replace(item, key)]));
  };
  return manifests.map((one) => tree(replace(one, ''), nameOf(one)));
}

function inNamespace(manifest: Tree, namespace: string): Tree {
  if (WITHOUT_NAMESPACE.has(String(manifest['kind']))) return manifest;
  return { ...manifest, metadata: { ...tree(manifest['metadata'], 'metadata'), namespace } };
}
