import { describe, expect, it } from 'vitest';
import { runCommand } from '../src/command.ts';
import { FAULT_KINDS } from '../src/fault-kind.ts';

async function said(...argv: readonly string[]): Promise<{ status: number; text: string }> {
  let text = '';
  const status = await runCommand(argv, { print: (part) => (text += part), progress: (line) => (text += `${line}\n`) });
  return { status, text };
}

describe('the command line', () => {
  it('explains every fault and the exit status', async () => {
    const { status, text } = await said('--help');
    expect(status).toBe(0);
    for (const kind of FAULT_KINDS) expect(text).toContain(kind);
    expect(text).toContain('Exit status');
  });

  it.each([
    [['--only', 'worker-kill,meteor'], /meteor is none of worker-kill/],
    [['--minutes', '0'], /minutes above 0/],
    [['--edges', '1'], /a whole number from 2 to 8/],
    [['--nats', '2'], /3 or 5 servers/],
    [['--seed', 'x'], /a whole number from 0/],
    [['--sed', '1'], /unknown option '--sed'/],
    [['now'], /too many arguments/],
  ])('refuses %j', async (argv, expected) => {
    const { status, text } = await said(...argv);
    expect(status).toBe(2);
    expect(text).toMatch(expected);
  });
});
