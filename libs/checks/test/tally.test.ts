import { describe, expect, it } from 'vitest';
import { settleTally, tallyLine } from '../src/tally.ts';
import { ROOT, runTool } from '../src/tool.ts';
import { withFolder } from './planted.ts';

describe('the last line of npm test', () => {
  it('counts a run that never came to tests as a failure', () => {
    expect(tallyLine(settleTally(undefined))).toBe('0 passed, 1 failed');
    expect(settleTally({ passed: 0, failed: 0 })).toEqual({ passed: 0, failed: 1 });
  });

  it('leaves a real count alone', () => {
    expect(settleTally({ passed: 3, failed: 0 })).toEqual({ passed: 3, failed: 0 });
  });

  it('is the last line, and the exit code says the same, when nothing matches', async () => {
    const { code, output } = await runTool('node', ['libs/checks/scripts/test.ts', 'no-such-test-anywhere']);
    expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([1, '0 passed, 1 failed']);
  });

  it('counts failures, hooks, skipped tests and errors nobody caught', async () => {
    const text = `import { beforeAll, describe, expect, it } from 'vitest';
      it('passes', () => expect(1).toBe(1));
      it('fails', () => expect(1).toBe(2));
      it.skip('is switched off', () => {});
      it('leaks', () => void Promise.reject(new Error('leaked')));
      describe('hook', () => { beforeAll(() => { throw new Error('hook'); }); it('never runs', () => {}); });`;
    const config = `export default { test: { include: ['**/*.test.mjs'] } };`;
    const look = async (folder: string): Promise<void> => {
      const args = ['libs/checks/scripts/test.ts', '--root', folder, '--config', `${folder}/vitest.config.mjs`];
      const { code, output } = await runTool('node', args);
      expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([1, '2 passed, 5 failed']);
    };
    // Inside the repository, where `vitest` can be imported; git, the linter and the formatter leave .cache alone.
    await withFolder({ 'x.test.mjs': text, 'vitest.config.mjs': config }, look, `${ROOT}.cache`);
  });

  it('is there when the configuration itself crashes', async () => {
    const look = async (folder: string): Promise<void> => {
      const { code, output } = await runTool('node', ['libs/checks/scripts/test.ts', '--config', `${folder}/c.mjs`]);
      expect([code, output.trimEnd().split('\n').at(-1)]).toEqual([1, '0 passed, 1 failed']);
    };
    await withFolder({ 'c.mjs': `throw new Error('broken configuration');` }, look, `${ROOT}.cache`);
  });
});
