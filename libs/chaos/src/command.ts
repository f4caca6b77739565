/** The command line of chaos: which options exist and what they may hold, where lines and reports go, the exit status. */

import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { ChaosOptions } from './chaos.ts';
import { runChaos } from './chaos.ts';
import type { FaultKind } from './fault-kind.ts';
import { FAULT_FACTS, FAULT_KINDS, isFaultKind } from './fault-kind.ts';
import { PARTITIONS } from './observer.ts';
import { reportJson, reportMarkdown } from './report.ts';

/** Where text goes. */
export interface CommandPorts {
  readonly print: (text: string) => void;
  readonly progress: (line: string) => void;
}

interface Raw {
  readonly minutes: number;
  readonly seed: number;
  readonly chargers: number;
  readonly probes: number;
  readonly rate: number;
  readonly edges: number;
  readonly workers: number;
  readonly nats: number;
  readonly only: readonly FaultKind[];
  readonly report?: string;
}

const AFTER_HELP = `
Faults:
${FAULT_KINDS.map((kind) => `  ${kind.padEnd(16)} ${FAULT_FACTS[kind].what}`).join('\n')}

Exit status: 0 when every promise held, 1 when one was broken or the run could not be made, 2 for wrong options.
Targets of time are shown in the report and do not change it. Everything runs on 127.0.0.1.

Examples:
  npm run chaos -- --minutes 2 --seed 7
  npm run chaos -- --only worker-kill,nats-kill --minutes 3 --report chaos.md`;

/** Runs the command; resolves to the exit status. */
export async function runCommand(argv: readonly string[], ports: CommandPorts): Promise<number> {
  const program = commandLine(ports);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const { rate, only, report: file, ...rest } = program.opts<Raw>();
  const options: ChaosOptions = { ...rest, callsPerSecond: rate, kinds: only };
  try {
    const report = await runChaos(options, ports.progress);
    const text = reportMarkdown(report);
    ports.print(`\n${text}`);
    if (file !== undefined) await writeFile(file, file.endsWith('.json') ? reportJson(report) : text);
    return report.problems.length === 0 ? 0 : 1;
  } catch (error) {
    ports.progress(`chaos could not run: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function commandLine(ports: CommandPorts): Command {
  return new Command('npm run chaos --')
    .description('Breaks a real broker under load, over and over, and proves from its journal that nothing was lost.')
    .option('--minutes <m>', 'how long faults come; each kind comes at least once', positive, 10)
    .option('--seed <n>', 'seed of faults, targets and chargers', wholeFrom(0, 2 ** 31), 1)
    .option('--chargers <n>', 'chargers that run sessions, a third of each OCPP version', wholeFrom(1, 5_000), 150)
    .option(
      '--probes <n>',
      'light chargers that call at a fixed rate, spread over the partitions',
      wholeFrom(8, 5_000),
      PARTITIONS,
    )
    .option('--rate <n>', 'calls per second of all probes together', wholeFrom(8, 20_000), 2_000)
    .option('--edges <n>', 'edge processes', wholeFrom(2, 8), 3)
    .option('--workers <n>', 'worker processes', wholeFrom(2, 8), 3)
    .option('--nats <n>', 'NATS servers, 3 or 5', oddCluster, 3)
    .option('--only <kinds>', 'faults to inflict, separated by commas', kindsOf, FAULT_KINDS)
    .option('--report <file>', 'also write the report there: JSON if it ends in .json, else Markdown')
    .addHelpText('after', AFTER_HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: ports.print, writeErr: ports.print });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_440)) throw new InvalidArgumentError('minutes above 0, at most 1440, are wanted');
  return value;
}

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is wanted`);
    return value;
  };
}

function oddCluster(text: string): number {
  if (text !== '3' && text !== '5')
    throw new InvalidArgumentError('a cluster that survives a death has 3 or 5 servers');
  return Number(text);
}

function kindsOf(text: string): readonly FaultKind[] {
  return text.split(',').map((word) => {
    const kind = word.trim();
    if (!isFaultKind(kind)) throw new InvalidArgumentError(`${kind} is none of ${FAULT_KINDS.join(', ')}`);
    return kind;
  });
}
