import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLinks } from '../src/links.ts';
import { ROOT } from '../src/tool.ts';
import { trackedPaths } from './git.ts';
import { linesOf } from './planted.ts';

describe('links between the pages of this repository', () => {
  it('lead to files and sections that are there', async () => {
    const paths = await trackedPaths('*.md');
    const pages = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
    const { violations, links } = checkLinks(pages, (path) => existsSync(join(ROOT, path)));
    expect(linesOf(violations)).toEqual([]);
    expect(pages.size).toBeGreaterThan(50);
    expect(links).toBeGreaterThan(100);
  });
});

const GUIDE = ['# Guide', '', '## Who goes *first*, `--nice`?', '', '## Limits', '', '## Limits'].join('\n');

const findingsOf = (page: string) =>
  checkLinks(
    new Map([
      ['docs/guide.md', GUIDE],
      ['docs/page.md', page],
    ]),
    (path) => ['docs/guide.md', 'docs/page.md', 'docs/chart.svg', 'libs/bus'].includes(path),
  );

describe('a planted fault', () => {
  it.each([
    ['a file that is not there', '[x](gone.md)', 'docs/page.md:1 docs/gone.md is not there'],
    ['a picture that is not there', '# X\n\n![x](gone.svg)', 'docs/page.md:3 docs/gone.svg is not there'],
    ['a file above', '[x](../libs/gone)', 'docs/page.md:1 libs/gone is not there'],
    ['a reference', '[x][1]\n\n[1]: gone.md', 'docs/page.md:3 docs/gone.md is not there'],
    ['a section of another page', '[x](guide.md#limit)', 'docs/page.md:1 docs/guide.md has no section #limit'],
    ['a section in a table', '| a |\n|---|\n| [x](#y) |', 'docs/page.md:3 docs/page.md has no section #y'],
    ['a section of a file without any', '[x](chart.svg#y)', 'docs/page.md:1 docs/chart.svg has no section #y'],
    ['one equal heading too many', '[x](guide.md#limits-2)', 'docs/page.md:1 docs/guide.md has no section #limits-2'],
  ])('is found: %s', (_, page, line) => {
    const { violations, links } = findingsOf(page);
    expect(linesOf(violations)).toEqual([line]);
    expect(links).toBe(1);
  });

  it.each([
    '[x](guide.md)',
    '[x](guide.md#who-goes-first---nice)',
    '[x](guide.md#limits-1)',
    '# Top\n\n[x](#top)',
    '[x](../libs/bus)',
    '![x](chart.svg)',
  ])('is none: %s', (page) => {
    expect(findingsOf(page)).toEqual({ violations: [], links: 1 });
  });

  it.each([
    '[x](https://example.org/gone.md#y)',
    '[x](mailto:a@example.org)',
    '`[x](gone.md)`',
    '```\n[x](gone.md)\n```',
  ])('is none, as it leads nowhere in here: %s', (page) => {
    expect(findingsOf(page)).toEqual({ violations: [], links: 0 });
  });
});
