/** Plain data as YAML gives it, with checks instead of casts. Pure. */

/** An object of plain data. */
export type Tree = Readonly<Record<string, unknown>>;

/** True for objects that are no lists. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object; nothing counts as an empty one. Throws TypeError naming `what` for anything else. */
export function tree(value: unknown, what: string): Tree {
  if (value === undefined) return {};
  if (!isTree(value)) throw new TypeError(`${what} is no object`);
  return value;
}

/** `value` as a list; nothing counts as an empty one. */
export function list(value: unknown, what: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError(`${what} is no list`);
  return value;
}

/** `value` as text. */
export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`${what} is no text`);
  return value;
}

/** Kind and name, as messages say it. */
export function nameOf(manifest: Tree): string {
  return `${String(manifest['kind'])}/${String(tree(manifest['metadata'], 'metadata')['name'])}`;
}

/** Those of one kind, told by a guard of the API's models. */
export function ofKind<T>(manifests: readonly unknown[], is: (value: unknown) => value is T): readonly T[] {
  return manifests.filter(is);
}
