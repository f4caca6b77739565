/** Which files of a build context a `.dockerignore` lets in: each line in order, the last one that matches decides. Pure. */
import { matchesGlob } from 'node:path';

/** Tells whether `path` (relative, with `/`) is part of the context. */
export type InContext = (path: string) => boolean;

/** Reads the lines of a `.dockerignore`. A pattern matches a path or any folder above it, as the engine has it. */
export function parseIgnoreFile(text: string): InContext {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: line.replace(/^!/, '') }));
  return (path) => {
    const above = path.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/'));
    let kept = true;
    for (const { keeps, pattern } of rules) {
      if (keeps !== kept && above.some((part) => matches(part, pattern))) kept = keeps;
    }
    return kept;
  };
}

function matches(path: string, pattern: string): boolean {
  // Globs of Node leave out names that begin with a dot; the engine's do not.
  return pattern === '**' || path === pattern || matchesGlob(path.replaceAll(/(^|\/)\./g, '$1_'), pattern);
}
