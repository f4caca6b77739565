/** Starts generators as child processes of this one. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { niced } from '@voltlane/testkit';
import type { GeneratorNews, GeneratorOrder } from './generator/plan.ts';
import type { GeneratorLink } from './generator-link.ts';

const MAIN = fileURLToPath(new URL('./generator/main.ts', import.meta.url));
const OUTPUT_CHARS_MAX = 4_000;
/**
 * The chargers are columns outside of the heap, so little survives. A young generation of 16 MB, collected by up to four threads at once, took both
 * cores for 60 ms (2026-11-28), and a full collection, one a minute of each, another 150: the broker's processes beside it waited for that, and the
 * generator's own chargers, too. What gets old is 0.1 MB a second, so with 256 MB for it none is due in a quarter of an hour (reckoned).
 */
const NODE_ARGUMENTS = [
  '--conditions=source',
  '--max-semi-space-size=4',
  '--no-parallel-scavenge',
  '--initial-old-space-size=256',
  '--v8-pool-size=1',
];

/** Starts one; it waits for its plan. Its niceness is added to that of this process, -20 to 19: above 0 it gives way to others. */
export function startGeneratorProcess(name: string, niceness = 0): GeneratorLink {
  const [program, args] = niced(process.execPath, [...NODE_ARGUMENTS, MAIN], niceness);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const takeAlong = (): void => void child.kill();
  process.once('exit', takeAlong);
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let isEnding = false;
  let lost: ((why: string) => void) | undefined;
  const { promise: gone, resolve: isGone } = Promise.withResolvers<void>();
  child.once('exit', (code, signal) => {
    isGone();
    process.off('exit', takeAlong);
    if (!isEnding) lost?.(`${name} ended with ${code ?? signal}\n${output}`);
  });
  return {
    name,
    pid: child.pid,
    order: (order: GeneratorOrder) => {
      if (isEnding) return;
      if (order.kind === 'end') isEnding = true;
      // A generator that has just ended cannot be written to; `exit` tells of it.
      if (child.connected) child.send(order, () => undefined);
    },
    onNews: (listener) => void child.on('message', (news: GeneratorNews) => listener(news)),
    onLost: (listener) => {
      lost = listener;
    },
    recordFile: (file) => Promise.resolve(file),
    kill: () => {
      isEnding = true;
      child.kill();
    },
    gone,
  };
}
