/** Manifests with one fault in them. */
import { isTree, nameOf, type Tree } from '../../src/kubernetes/tree.ts';

/** `manifests` with `value` at `path` of the one called `name`; `undefined` takes away what is there. */
export function withFault(
  manifests: readonly Tree[],
  name: string,
  path: readonly (string | number)[],
  value: unknown,
): readonly Tree[] {
  if (!manifests.some((one) => nameOf(one) === name)) throw new Error(`there is no ${name} to plant a fault in`);
  return manifests.map((one) => (nameOf(one) === name ? changed(one, path, value) : one));
}

/** `manifests` without the one called `name`. */
export function without(manifests: readonly Tree[], name: string): readonly Tree[] {
  return manifests.filter((one) => nameOf(one) !== name);
}

function changed(target: Tree, path: readonly (string | number)[], value: unknown): Tree {
  const copy = structuredClone(target);
  let at: unknown = copy;
  for (const step of path.slice(0, -1)) {
    const next: unknown = Reflect.get(isTree(at) || Array.isArray(at) ? at : {}, step);
    if (!isTree(next) && !Array.isArray(next)) throw new Error(`${path.join('.')}: nothing at ${step}`);
    at = next;
  }
  const last = path.at(-1) ?? '';
  if (!isTree(at) && !Array.isArray(at)) throw new Error(`${path.join('.')} cannot be set`);
  if (value === undefined && !Reflect.has(at, last)) throw new Error(`${path.join('.')}: nothing to take away`);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
  return copy;
}
