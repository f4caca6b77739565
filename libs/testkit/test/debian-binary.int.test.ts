import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { debianBinary } from '../src/index.ts';

const NAMES = ['SOME_TOOL_BIN', 'OTHER_TOOL_BIN'];

afterEach(() => {
  for (const name of NAMES) delete process.env[name];
});

describe('a binary of a Debian package', () => {
  it.each(['promtool', 'prometheus'])('is found or fetched, and runs: %s', async (binary) => {
    const path = await debianBinary('prometheus', binary);
    const { stdout } = await promisify(execFile)(path, ['--version']);
    expect(stdout).toMatch(new RegExp(`^${binary}, version \\d+\\.\\d+`));
  });

  it('is the one a variable names, before any other', async () => {
    process.env['SOME_TOOL_BIN'] = process.execPath;
    expect(await debianBinary('some-package', 'some-tool')).toBe(process.execPath);
  });

  it('is not taken from elsewhere when the variable is wrong: the error says which', async () => {
    process.env['OTHER_TOOL_BIN'] = '/no/such/file';
    await expect(debianBinary('some-package', 'other-tool')).rejects.toThrow('OTHER_TOOL_BIN is /no/such/file');
    // What failed is tried again.
    process.env['OTHER_TOOL_BIN'] = process.execPath;
    expect(await debianBinary('some-package', 'other-tool')).toBe(process.execPath);
  });
});
