import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Control } from '../../src/local/control.ts';
import { controlPath, isRunning, order, startControl } from '../../src/local/control.ts';

let folder: string;
let control: Control | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-control-'));
});

afterEach(async () => {
  await control?.close();
  control = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe('the control socket of a set', () => {
  it('carries an order there and its progress back', async () => {
    const path = controlPath(folder);
    control = await startControl(path, async (text, say) => {
      say(`carrying out ${text}`);
      say('half done');
    });
    const lines: string[] = [];
    await order(path, 'roll edges', (line) => lines.push(line));
    expect(lines).toEqual(['carrying out roll edges', 'half done']);
    expect(await isRunning(path)).toBe(true);
  });

  it('gives the reason of a failure to who asked', async () => {
    const path = controlPath(folder);
    control = await startControl(path, () => Promise.reject(new Error('edge-1 is not ready\n  its log')));
    const lines: string[] = [];
    await expect(order(path, 'roll all', (line) => lines.push(line))).rejects.toThrow(/^edge-1 is not ready$/);
    expect(lines).toEqual(['  its log']);
  });

  it('says what to do when no set runs, also where one was killed', async () => {
    const path = controlPath(folder);
    await expect(order(path, 'stop', () => undefined)).rejects.toThrow('start one with deploy/local.sh');
    expect(await isRunning(path)).toBe(false);
  });

  it('refuses a folder whose name leaves no room for sockets', () => {
    expect(() => controlPath(`/${'x'.repeat(90)}`)).toThrow('give another --dir');
  });
});
