/** The configurations of nats-server, read by a real one. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { natsServerBinary } from '@voltlane/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBERNETES } from './places.ts';

const run = promisify(execFile);
/** What nats-server 2.9 does not know yet; the image in the manifests does. */
const SINCE_2_10 = /^ +sync_interval: always\n/m;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltlane-nats-config-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = (path: string): string => readFileSync(join(KUBERNETES, path), 'utf8');

/** What `nats-server -t` says of a configuration: undefined when it is good. */
async function problemOf(text: string, password: string): Promise<string | undefined> {
  const file = join(folder, 'nats.conf');
  writeFileSync(file, text.replaceAll('/data', join(folder, 'data')));
  try {
    await run(await natsServerBinary(), ['-t', '-c', file], { env: { POD_NAME: 'nats-0', NATS_PASSWORD: password } });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('the configuration of nats-server', () => {
  it('for production is one it accepts, and says that records are synced before they are acknowledged', async () => {
    const text = read('base/nats/nats.conf');
    expect(text).toMatch(SINCE_2_10);
    expect(await problemOf(text.replace(SINCE_2_10, ''), 'a-secret')).toBeUndefined();
  });

  it('for a laptop is one it accepts', async () => {
    expect(await problemOf(read('overlays/dev/nats/nats.conf'), 'dev-only-nats-password')).toBeUndefined();
  });

  it('with a mistake is refused', async () => {
    expect(await problemOf(`${read('overlays/dev/nats/nats.conf')}\nmax_paylod: 1MB\n`, 'x')).toMatch(/max_paylod/);
  });

  it('takes a password of digits for a number, which is why the README wants a letter first', async () => {
    const text = read('overlays/dev/nats/nats.conf');
    expect(await problemOf(text, '12345678901234567890')).toBeDefined();
    expect(await problemOf(text, `n${'0123456789abcdef'.repeat(3)}`)).toBeUndefined();
  });
});
