/**
 * `npm run docs`: writes what is generated into the documents. With `--check` it writes nothing and exits with 1 when something
 * would change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '@voltlane/config';
import { withOptions } from '../src/options-region.ts';

const path = fileURLToPath(new URL('../../../README.md', import.meta.url));
const before = readFileSync(path, 'utf8');
const after = withOptions(before, markdownTable());
if (after === undefined) {
  console.error('README.md has no generated:options region.');
  process.exitCode = 1;
} else if (after === before) {
  console.log('README.md is up to date.');
} else if (process.argv.includes('--check')) {
  console.error('README.md differs from the catalogue of options; run `npm run docs`.');
  process.exitCode = 1;
} else {
  writeFileSync(path, after);
  console.log('README.md written.');
}
