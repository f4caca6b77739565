/** Rules about files as such: what lies at the top, what must not be committed, what every package has. Pure. */
import type { Violation } from './source-tree.ts';

/** A file under version control. */
export interface TrackedFile {
  readonly path: string;
  readonly bytes: number;
}

const TOP_LEVEL: ReadonlySet<string> = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'services',
  'libs',
  'deploy',
  'loadtest',
  'docs',
  'README.md',
  'LICENSE',
  'NOTICE',
]);

/** Largest file, bytes. */
export const FILE_BYTES_MAX = 1_048_576;

/** Longest README of a package, lines. */
export const README_LINES_MAX = 60;

/** Finds files that should not be where they are, or not be at all. */
export function checkTracked(files: readonly TrackedFile[]): readonly Violation[] {
  return files.flatMap(({ path, bytes }) => {
    const at = (message: string): Violation => ({ path, line: 1, message });
    const top = path.split('/')[0] ?? path;
    return [
      ...(TOP_LEVEL.has(top) || top.startsWith('.') ? [] : [at(`${top} has no place at the top level`)]),
      ...(/(^|\/)(generated|dist|node_modules)\//.test(path) ? [at('is built, not committed')] : []),
      ...(bytes > FILE_BYTES_MAX ? [at(`${bytes} bytes, at most ${FILE_BYTES_MAX}`)] : []),
    ];
  });
}

/** Finds packages without a README or with one that is too long. `readmes`: package folder → text, or nothing. */
export function checkReadmes(readmes: ReadonlyMap<string, string | undefined>): readonly Violation[] {
  return [...readmes].flatMap(([folder, text]): Violation[] => {
    const path = `${folder}/README.md`;
    if (text === undefined || text.trim() === '') return [{ path, line: 1, message: 'is missing' }];
    const lines = text.trimEnd().split('\n').length;
    return lines > README_LINES_MAX
      ? [{ path, line: lines, message: `${lines} lines, at most ${README_LINES_MAX}` }]
      : [];
  });
}

/** Finds hosts in the lockfile: it must install from whatever registry the machine is configured for. */
export function checkLockfile(text: string): readonly Violation[] {
  return text.split('\n').flatMap((content, index): Violation[] => {
    if (!/"resolved":\s*"[a-z+]+:\/\//.test(content)) return [];
    return [{ path: 'package-lock.json', line: index + 1, message: 'names a host' }];
  });
}
