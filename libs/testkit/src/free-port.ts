/**
 * Ports for tests that run beside each other. A port found free may be found free by another process too, before either has
 * begun to listen; so a process first takes a block for itself, by listening on the block's first port as long as it lives.
 */
import { createServer, type Server } from 'node:net';

/** Below the ports a load test takes, and those the system gives to clients, of which many come and go. */
const FIRST = 10_000;
const BLOCKS = 100;
const BLOCK_PORTS = 100;

interface Block {
  next: number;
  readonly end: number;
}

/** Blocks are looked for from a place that differs by process, so that it seldom asks for a taken one. */
let nextBlock = process.pid % BLOCKS;
let blocksTried = 0;
let block: Promise<Block> | undefined;

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, and that neither this nor another process was or will be given while both
 * live. Throws when all are used up.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    block ??= ownBlock();
    const mine = block;
    const own = await mine;
    while (own.next < own.end) {
      const port = own.next++;
      if (await isFree(port)) return port;
    }
    if (block === mine) block = undefined;
  }
}

async function ownBlock(): Promise<Block> {
  while (blocksTried < BLOCKS) {
    const first = FIRST + nextBlock * BLOCK_PORTS;
    nextBlock = (nextBlock + 1) % BLOCKS;
    blocksTried += 1;
    const sign = await listening(first);
    // Never closed: the system does that when the process ends, however it ends.
    sign?.unref();
    if (sign !== undefined) return { next: first + 1, end: first + BLOCK_PORTS };
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + BLOCKS * BLOCK_PORTS - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = await listening(port);
  if (probe === undefined) return false;
  await new Promise((resolve) => probe.close(resolve));
  return true;
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
