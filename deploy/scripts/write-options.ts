/** `node --conditions=source deploy/scripts/write-options.ts`: writes the files of options below deploy/kubernetes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { optionFiles } from '../src/kubernetes/option-files.ts';

const KUBERNETES = join(import.meta.dirname, '../kubernetes');

for (const [path, text] of optionFiles()) {
  const target = join(KUBERNETES, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`wrote deploy/kubernetes/${path}`);
}
