/**
 * Links between the pages of this repository: each leads to a file that is there, and where it names a section, to a heading of that page.
 * Addresses elsewhere are not followed. Pure.
 *
 * Read by micromark's parser and named by the slugger of GitHub's own rules, as pages are read there.
 */
import { posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Violation } from './source-tree.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root['children'][number];

/** What was read, so that a reader of nothing is noticed. */
export interface LinkFindings {
  readonly violations: readonly Violation[];
  /** Links into this repository that were looked at. */
  readonly links: number;
}

/** One link of a page. */
interface Link {
  readonly line: number;
  readonly url: string;
}

/** Checks all pages against each other. `pages`: path from the root → Markdown; `exists`: of a file or folder, by its path from the root. */
export function checkLinks(pages: ReadonlyMap<string, string>, exists: (path: string) => boolean): LinkFindings {
  const trees = new Map([...pages].map(([path, text]) => [path, [...nodesOf(fromMarkdown(text))]] as const));
  const anchors = new Map([...trees].map(([path, nodes]) => [path, anchorsOf(nodes)] as const));
  const violations: Violation[] = [];
  let links = 0;
  for (const [path, nodes] of trees) {
    for (const { line, url } of nodes.flatMap(linkOf)) {
      if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url)) continue;
      links += 1;
      const [file = '', anchor] = url.split('#', 2);
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      if (file !== '' && !exists(target)) violations.push({ path, line, message: `${target} is not there` });
      else if (anchor !== undefined && anchors.get(target)?.has(anchor) !== true)
        violations.push({ path, line, message: `${target} has no section #${anchor}` });
    }
  }
  return { violations, links };
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if ('children' in node) for (const child of node.children) yield* nodesOf(child);
}

function linkOf(node: Node): readonly Link[] {
  if (node.type !== 'link' && node.type !== 'image' && node.type !== 'definition') return [];
  return [{ line: node.position?.start.line ?? 1, url: node.url }];
}

/** Headings with equal texts get a number, in their order. */
function anchorsOf(nodes: readonly Node[]): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = nodes.filter(({ type }) => type === 'heading');
  return new Set(headings.map((heading) => slugger.slug(textOf(heading))));
}

function textOf(node: Node): string {
  return [...nodesOf(node)]
    .map((each) => (each.type === 'text' || each.type === 'inlineCode' ? each.value : ''))
    .join('');
}
