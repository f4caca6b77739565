/**
 * A strategic merge patch, as far as our overlays use it: objects merge key by key, null removes, lists of things with a name merge by
 * that name, other lists replace. Which list is which comes from the API's schema; a list that is not in the table here is an error,
 * not a guess. Pure.
 */
import { isTree, type Tree } from './tree.ts';

/** Field of a list → what its items are told apart by; `atomic` lists are replaced as a whole. */
const LISTS: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  topologySpreadConstraints: 'topologyKey',
  args: 'atomic',
  command: 'atomic',
  volumeClaimTemplates: 'atomic',
};

/** `target` with `patch` applied. Throws TypeError for a list whose rule is not known. */
export function strategicMerge(target: Tree, patch: Tree): Tree {
  const merged: Record<string, unknown> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('$')) throw new TypeError(`${field} is not known here`);
    const before = merged[field];
    if (value === null) delete merged[field];
    else if (Array.isArray(value)) merged[field] = mergeList(field, Array.isArray(before) ? before : [], value);
    else if (isTree(value)) merged[field] = strategicMerge(isTree(before) ? before : {}, value);
    else merged[field] = value;
  }
  return merged;
}

function mergeList(field: string, before: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const key = LISTS[field];
  if (key === undefined) throw new TypeError(`how lists of ${field} merge is not known here`);
  if (key === 'atomic') return patch;
  const keyOf = (item: unknown): unknown => (isTree(item) ? item[key] : undefined);
  const changed = new Set(patch.map(keyOf));
  const merged = patch.map((change) => {
    const item = before.find((other) => keyOf(other) === keyOf(change));
    return isTree(item) && isTree(change) ? strategicMerge(item, change) : change;
  });
  // What is patched goes to the front, as kustomize has it.
  return [...merged, ...before.filter((item) => !changed.has(keyOf(item)))];
}
