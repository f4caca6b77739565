import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@voltlane/config';
import { describe, expect, it } from 'vitest';
import { withOptions } from '../src/options-region.ts';
import { ROOT, runTool } from '../src/tool.ts';
import { withFolder } from './planted.ts';

describe('what is generated', () => {
  it('validators are what their generator makes', async () => {
    const { code, output } = await runTool('node', ['libs/ocpp/scripts/generate.ts', '--check']);
    expect([code, output]).toEqual([0, expect.any(String)]);
  });

  it('a planted change of a generated validator is seen', async () => {
    const look = async (folder: string): Promise<void> => {
      cpSync(join(ROOT, 'libs/ocpp'), folder, { recursive: true });
      appendFileSync(join(folder, 'generated/v16-lenient.js'), '// edited by hand\n');
      const { code, output } = await runTool('node', ['scripts/generate.ts', '--check'], folder);
      expect([code, output]).toEqual([1, expect.stringContaining('v16-lenient.js')]);
    };
    await withFolder({}, look, `${ROOT}.cache`);
  });

  it('the table of options in the README is what the catalogue makes', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(withOptions(readme, markdownTable()) === readme, 'run `npm run docs`').toBe(true);
  });

  it('a planted change of the table is seen, and a README without marks is not taken for a good one', () => {
    const document = 'before\n<!-- generated:options -->\nold\n<!-- /generated -->\nafter\n';
    const written = withOptions(document, 'new');
    expect(written).toBe('before\n<!-- generated:options -->\n\nnew\n\n<!-- /generated -->\nafter\n');
    expect(withOptions(written ?? '', 'new')).toBe(written);
    expect(withOptions('no marks', 'new')).toBeUndefined();
  });
});
