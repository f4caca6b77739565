/** A seed is a run: equal seeds give equal traces, in other processes too. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function hashOf(seed: number): Promise<string> {
  const flags = ['--seed', String(seed), '--chargers', '60', '--hours', '0.5', '--workers', '3', '--faults', 'harsh'];
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', main, ...flags]);
  const hash = /^trace hash ([0-9a-f]{32})$/m.exec(stdout)?.[1];
  if (hash === undefined) throw new Error(`no hash in ${stdout}`);
  return hash;
}

describe('the trace hash', () => {
  it('is equal for equal seeds in two processes, and differs between seeds', async () => {
    const [first, again, other] = await Promise.all([hashOf(7), hashOf(7), hashOf(8)]);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});
