import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, waitUntil } from '../src/index.ts';

/** Two blocks and a part of a third. */
const PORTS_EACH = 230;
const TAKER = `
  const { freePort } = await import(${JSON.stringify(new URL('../src/free-port.ts', import.meta.url).href)});
  const ports = [];
  while (ports.length < ${PORTS_EACH}) ports.push(await freePort());
  process.stdout.write(JSON.stringify(ports) + '\\n');
  setInterval(() => {}, 1_000);
`;

const takers: ChildProcess[] = [];
afterEach(() => {
  for (const taker of takers.splice(0)) taker.kill('SIGKILL');
});

/** A process that takes ports and lives on; its ports once it has them. */
function taker(): () => readonly number[] | undefined {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', TAKER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  takers.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return () => (output.endsWith('\n') ? (JSON.parse(output) as number[]) : undefined);
}

describe('a free port', () => {
  it('is given to no two processes, though nobody listens on it yet', async () => {
    const given = Array.from({ length: 6 }, () => taker());
    const ports = await waitUntil('all have their ports', () => {
      const taken = given.map((ask) => ask());
      return taken.every((one) => one !== undefined) ? taken.flat() : undefined;
    });
    expect([ports.length, new Set(ports).size]).toEqual([6 * PORTS_EACH, 6 * PORTS_EACH]);
  });

  it('is one nobody listens on', async () => {
    const before = await freePort();
    const server = createServer().listen(before + 1, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      expect(await freePort()).toBeGreaterThan(before + 1);
    } finally {
      server.close();
    }
  });
});
