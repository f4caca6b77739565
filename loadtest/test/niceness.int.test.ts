import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { startBrokerProcesses } from '../src/broker-processes.ts';
import { startGeneratorProcess } from '../src/generator-process.ts';
import { machineLimits } from '../src/machine-limits.ts';

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

const own = getPriority();
const isRoot = process.getuid?.() === 0;
/** Where this process may not, the others stay where they are. */
const before = Math.max(-3, machineLimits().nicenessMin);

describe('processes that give way or go first', () => {
  it('are those of the kinds that were named, an edge that was killed and comes back as well', async () => {
    const broker = await startBrokerProcesses(
      {
        edges: 1,
        workers: 1,
        address: '127.0.0.1',
        connectionsMax: 10,
        portsFrom: 23_400,
        env: {},
        compiled: false,
        profileDir: undefined,
        niceness: { edge: 4, worker: before, nats: 2 },
        natsTimerSlackUs: 0,
      },
      () => undefined,
    );
    undo.push(() => broker.stop());
    const priorities = () =>
      Object.fromEntries(broker.processes().map(({ kind, pid }) => [kind, getPriority(pid) - own]));
    expect(priorities()).toEqual({ edge: 4, worker: before, nats: 2 });
    const [edge] = broker.edges;
    await edge?.kill();
    await edge?.start();
    expect(priorities()).toEqual({ edge: 4, worker: before, nats: 2 });
  });

  it('can be generators', async () => {
    const generator = startGeneratorProcess('generator 1', 5);
    undo.push(async () => {
      generator.kill();
      await generator.gone;
    });
    const lost = new Promise<string>((resolve) => generator.onLost(resolve));
    await expect.poll(() => getPriority(generator.pid ?? 0) - own).toBe(5);
    generator.kill();
    // It was ended on purpose: nobody is told of a loss.
    expect(await Promise.race([generator.gone, lost])).toBeUndefined();
  });

  it('go first where there is the right to it only', () => {
    const source = new URL('../src/machine-limits.ts', import.meta.url);
    const ask = `import { machineLimits } from ${JSON.stringify(source.href)}; console.log(machineLimits().nicenessMin)`;
    const node = [process.execPath, '--conditions=source', '--input-type=module', '--eval', ask];
    const [program = '', ...args] = isRoot ? ['setpriv', '--bounding-set=-sys_nice', ...node] : node;
    expect(Number(execFileSync(program, args, { encoding: 'utf8' }))).toBe(0);
    expect(getPriority()).toBe(own);
    // Root in a container may be without it, too.
    expect(isRoot ? [0, -20 - own] : [0]).toContain(machineLimits().nicenessMin);
  });
});
