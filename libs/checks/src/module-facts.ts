/** What a checker needs to know of one module, read by a real parser. Text in, facts out. */
import { parseSync } from 'oxc-parser';

/** An import, re-export or dynamic import. */
export interface ImportFact {
  readonly specifier: string;
  readonly line: number;
}

/** A name used or a comment made, and where. */
export interface UseFact {
  readonly name: string;
  readonly line: number;
}

/** The facts of one module. */
export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  /** Names used as values that the module does not declare as a property: `Date`, `process.env`, `it.only`. */
  readonly uses: readonly UseFact[];
  readonly comments: readonly UseFact[];
  readonly defaultExports: readonly number[];
  readonly starExports: readonly number[];
  readonly lines: number;
  /** Every identifier in the module, property names included. */
  readonly identifiers: ReadonlySet<string>;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Reads one module; throws when it does not parse, because an unread module is an unchecked one. */
export function readModule(path: string, source: string): ModuleFacts {
  const parsed = parseSync(path, source);
  const failure = parsed.errors[0];
  if (failure !== undefined) throw new SyntaxError(`${path}: ${failure.message}`);
  const lineOf = lineFinder(source);
  const imports: ImportFact[] = [];
  const defaultExports: number[] = [];
  const starExports: number[] = [];
  for (const entry of parsed.module.staticImports)
    imports.push({ specifier: entry.moduleRequest.value, line: lineOf(entry.start) });
  for (const entry of parsed.module.staticExports) {
    for (const exported of entry.entries) {
      if (exported.moduleRequest !== null)
        imports.push({ specifier: exported.moduleRequest.value, line: lineOf(entry.start) });
      if (exported.exportName.kind === 'Default' || exported.exportName.name === 'default')
        defaultExports.push(lineOf(entry.start));
      if (exported.importName.kind.startsWith('All')) starExports.push(lineOf(entry.start));
    }
  }
  const uses: UseFact[] = [];
  const identifiers = new Set<string>();
  walk(parsed.program, (node, isName) => {
    const name = nameOf(node);
    if (name === undefined) return;
    const last = name.split('.').at(-1);
    if (last !== undefined) identifiers.add(last);
    if (isName) uses.push({ name, line: lineOf(node.start) });
  });
  for (const entry of parsed.module.dynamicImports) {
    const specifier = source.slice(entry.moduleRequest.start + 1, entry.moduleRequest.end - 1);
    imports.push({ specifier, line: lineOf(entry.start) });
  }
  const comments = parsed.comments.map((comment) => ({ name: comment.value, line: lineOf(comment.start) }));
  return { imports, uses, comments, defaultExports, starExports, lines: source.split('\n').length, identifiers };
}

function lineFinder(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** Wrappers around values; every other node named TS… is a type. */
const TS_VALUES: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);

/** Calls `visit` for each node; `isName` when an identifier or member stands for a value and not for a key. */
function walk(root: unknown, visit: (node: Node, isName: boolean) => void): void {
  const pending: { readonly value: unknown; readonly isName: boolean }[] = [{ value: root, isName: true }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, isName } = next;
    if (Array.isArray(value)) {
      for (const item of value) pending.push({ value: item, isName });
      continue;
    }
    if (!isNode(value)) continue;
    const isType = value.type.startsWith('TS') && !TS_VALUES.has(value.type);
    const asName = isName && !isType;
    visit(value, asName);
    for (const [key, child] of Object.entries(value))
      pending.push({ value: child, isName: asName && !isKey(value, key) });
  }
}

/** True where a child is a mere name: `a.Date`, `{ Date: 1 }`, labels, the names inside an import. */
function isKey(node: Node, key: string): boolean {
  const computed = 'computed' in node && node.computed === true;
  if (key === 'property' && node.type === 'MemberExpression') return !computed;
  if (key === 'key') return !computed && !('shorthand' in node && node.shorthand === true);
  if (key === 'typeAnnotation' || key === 'returnType' || key === 'typeArguments' || key === 'typeParameters')
    return true;
  return node.type.startsWith('Import') || node.type.startsWith('Export') ? key === 'specifiers' : false;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** `Date` of an identifier, `process.env` of a member chain of identifiers and string keys. */
function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier' && 'name' in node) return String(node.name);
  if (node.type !== 'MemberExpression' || !('object' in node) || !('property' in node)) return undefined;
  const object = nameOf(node.object);
  const property = 'computed' in node && node.computed === true ? literalOf(node.property) : nameOf(node.property);
  if (property === undefined) return undefined;
  return object === undefined ? `*.${property}` : `${object}.${property}`;
}

function literalOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && 'value' in node && typeof node.value === 'string'
    ? node.value
    : undefined;
}
