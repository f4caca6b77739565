import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/command.ts';
import { SCENARIOS } from '../src/scenarios/index.ts';
import { FIGURES } from '../src/thresholds.ts';

async function said(...argv: readonly string[]): Promise<{ status: number; text: string }> {
  let text = '';
  const print = (part: string): void => {
    text += part;
  };
  const status = await runCommand(argv, { print, progress: { columns: undefined, write: print } });
  return { status, text };
}

describe('the command line', () => {
  it('explains every scenario, every figure and the exit status', async () => {
    const { status, text } = await said('--help');
    expect(status).toBe(0);
    for (const { name, summary } of SCENARIOS) expect(text).toContain(`${name.padEnd(14)} ${summary}`);
    for (const name of Object.keys(FIGURES)) expect(text).toContain(name);
    expect(text).toContain('Exit status');
  });

  it.each([
    [['--scenario', 'meteor'], /meteor is none of ramp, steady/],
    [['--chargers', '0'], /a whole number from 1/],
    [['--minutes', '0'], /a number above 0/],
    [['--charging', '1'], /a share from 0 to 0.9/],
    [['--target', 'wss://h/ocpp'], /does not begin with ws:\/\//],
    [['--versions', '1.5'], /1.5 is none of 1.6, 2.0.1, 2.1/],
    [['--env', 'PATH=x'], /VOLTLANE_<NAME>=<value>/],
    [['--nice', 'edge=20'], /-20 to 19 is wanted/],
    [['--nice', 'edge=-21'], /-20 to 19 is wanted/],
    [['--nats-timer-slack', '2ms'], /whole number from 0 to 1000000/],
    [['--nice', 'edges=5'], /edge, worker, nats or generator/],
    [['--target', 'ws://127.0.0.1:1/ocpp', '--no-journal', '--nice', 'edge=5'], /--nice for edge, worker and nats/],
    [['--assert', 'p99<fast'], /--assert: "p99<fast" is not like/],
    [['--generators', 'some'], /a whole number from 1/],
    [['--heartbeat-seconds', '0', '--charging', '0', '--rate', '5'], /--rate has nothing to scale/],
    [['--charges', '5'], /unknown option '--charges'/],
    [['now'], /too many arguments/],
    [['--join', 'nats://h', '--generators', 'remote'], /is for the coordinator/],
    [
      ['--target', 'ws://127.0.0.1:1/ocpp', '--no-journal'],
      /nobody answers at ws:\/\/127.0.0.1:1\/ocpp \(ECONNREFUSED\)/,
    ],
    [['--scenario', 'rolling', '--edges', '1'], /at least 2 edges/],
  ])('refuses %j', async (argv, expected) => {
    const { status, text } = await said(...argv);
    expect(text).toMatch(expected);
    expect(status).toBe(2);
  });
});
