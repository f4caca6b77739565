/** A process that is killed writes nothing on its way out; what it compiled must be kept by then, or its successor compiles it anew. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@voltlane/testkit';
import { expect, it } from 'vitest';
import { startBrokerProcess } from './broker-process.ts';

it('keeps what it compiled while it runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voltlane-compiled-'));
  const broker = await startBrokerProcess(undefined, { NODE_COMPILE_CACHE: folder });
  try {
    const files = await waitUntil('compiled code of 300 files', () => {
      const kept = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      return kept.length >= 300 && kept.length;
    });
    expect(files).toBeGreaterThanOrEqual(300);
  } finally {
    await broker.process.kill();
    rmSync(folder, { recursive: true });
  }
});
