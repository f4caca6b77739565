/** The command line: which options exist and what they may hold, what is checked before anything starts, the exit status. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { runAgent } from './agent.ts';
import { commandLine, readOptions } from './command-line.ts';
import { runLoadTest } from './coordinator.ts';
import { LoadTestError } from './errors.ts';
import type { Screen } from './live-view.ts';
import { createLiveView } from './live-view.ts';
import { machineLimits, missingParts } from './machine-limits.ts';
import type { LoadTestOptions } from './options.ts';
import { preflightProblems } from './preflight.ts';
import type { LoadReport } from './report.ts';
import { reportHtml } from './report-html.ts';
import { reportText } from './report-text.ts';
import { sizeOf } from './sizing.ts';

/** Where text goes. */
export interface CommandPorts {
  readonly print: (text: string) => void;
  readonly progress: Screen;
}

/** Exit status of a run whose thresholds broke, or that could not be made. */
const FAILED = 1;
/** Exit status of wrong options. */
const WRONG_OPTIONS = 2;

/** Runs the command; resolves to the exit status. */
export async function runCommand(argv: readonly string[], ports: CommandPorts): Promise<number> {
  const program = commandLine(ports.print);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : WRONG_OPTIONS;
  }
  const limits = machineLimits();
  const asked = readOptions(program, argv, limits.cores);
  if (asked.kind === 'wrong') return complain(ports, asked.problems);
  try {
    if (asked.kind === 'join')
      return await runAgent(asked.urls, asked.generators, (line) => ports.progress.write(`${line}\n`));
    const { options } = asked;
    const sizing = sizeOf(options, limits);
    const problems = [...preflightProblems(options, sizing, limits), ...(await missingParts(options))];
    if (problems.length > 0) return complain(ports, problems);
    const report = await runLoadTest(options, sizing, { view: createLiveView(ports.progress) });
    ports.print(reportText(report));
    ports.print(await write(options, report));
    return report.passed ? 0 : FAILED;
  } catch (error) {
    const why =
      error instanceof LoadTestError ? error.message : error instanceof Error ? (error.stack ?? '') : String(error);
    ports.print(`The load test could not be made: ${why}\n`);
    return FAILED;
  }
}

function complain(ports: CommandPorts, problems: readonly string[]): number {
  for (const problem of problems) ports.print(`error: ${problem}\n`);
  return WRONG_OPTIONS;
}

async function write({ out }: LoadTestOptions, report: LoadReport): Promise<string> {
  await mkdir(out, { recursive: true });
  const json = join(out, 'report.json');
  const html = join(out, 'report.html');
  await writeFile(json, `${JSON.stringify(report, null, 1)}\n`);
  await writeFile(html, reportHtml(report));
  return `${json}, ${html}\n`;
}
