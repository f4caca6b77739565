/** The command line of a run: reads flags, prints summary, violations and their shortest story. */
import { parseArgs } from 'node:util';
import type { Intensity } from './fault-plan.ts';
import { type SimulationOptions, simulate } from './simulate.ts';
import { story } from './story.ts';
import { summary } from './summary.ts';

/** What a command needs of its process. */
export interface CommandPorts {
  readonly print: (line: string) => void;
  /** For lines that are not the result. */
  readonly progress: (line: string) => void;
  /** CPU time of this process so far. */
  readonly cpuMs: () => number;
}

const HELP = `npm run sim -- [options]

Runs edges, workers and chargers on a virtual clock with faults drawn from the seed, and checks the promises.

  --seed N        seed of everything; equal seeds give equal trace hashes (default 1)
  --chargers M    virtual chargers, a third of each OCPP version (default 200)
  --hours H       virtual hours they live; recovery takes ten minutes more (default 1)
  --edges E       edge processes (default 2)
  --workers W     worker processes (default 2)
  --partitions N  partitions of the cluster (default 16)
  --pace P        how many times faster than in real life chargers do things (default 1)
  --faults F      none, some or harsh (default some)
  --lines N       trace lines of a failing story (default 40)
  --no-story      do not look for the shortest story of a failure
  --help          this text

Prints "trace hash <hex>". Exits with 1 when a promise was broken, 2 when the options are wrong.`;

/** Runs the command; resolves to the exit code. */
export async function runCommand(argv: readonly string[], ports: CommandPorts): Promise<number> {
  const read = readOptions(argv);
  if (typeof read === 'string') {
    ports.print(read);
    return read === HELP ? 0 : 2;
  }
  const startedMs = ports.cpuMs();
  let saidMs = startedMs;
  const outcome = await simulate({
    ...read.options,
    onProgress: (virtualMs, world) => {
      const nowMs = ports.cpuMs();
      if (nowMs - saidMs < PROGRESS_MS) return;
      saidMs = nowMs;
      ports.progress(
        `${(virtualMs / 3_600_000).toFixed(2)} h simulated, ${world.records()} records, ${(nowMs / 1000).toFixed(1)} s CPU`,
      );
    },
  });
  for (const line of summary(read.options, outcome, ports.cpuMs() - startedMs)) ports.print(line);
  if (outcome.violations.length === 0) return 0;
  if (read.story) for (const line of await story(read.options, outcome, read.lines, ports.progress)) ports.print(line);
  return 1;
}

const PROGRESS_MS = 5_000;

interface Read {
  readonly options: SimulationOptions;
  readonly lines: number;
  readonly story: boolean;
}

function readOptions(argv: readonly string[]): Read | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string', default: '1' },
        chargers: { type: 'string', default: '200' },
        hours: { type: 'string', default: '1' },
        edges: { type: 'string', default: '2' },
        workers: { type: 'string', default: '2' },
        partitions: { type: 'string', default: '16' },
        pace: { type: 'string', default: '1' },
        faults: { type: 'string', default: 'some' },
        lines: { type: 'string', default: '40' },
        'no-story': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return HELP;
    return {
      options: {
        seed: number('seed', values.seed, 0, 2 ** 52),
        chargers: number('chargers', values.chargers, 1, 100_000),
        hours: number('hours', values.hours, 0.05, 10_000),
        edges: number('edges', values.edges, 1, 16),
        workers: number('workers', values.workers, 1, 16),
        partitions: number('partitions', values.partitions, 1, 4096),
        pace: number('pace', values.pace, 0.01, 1_000),
        faults: intensity(values.faults),
      },
      lines: number('lines', values.lines, 1, 100_000),
      story: !values['no-story'],
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${error.message}\n\n${HELP}`;
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text === '' || !(value >= least && value <= most))
    throw new Error(`--${name} is ${least} to ${most}, not ${text}`);
  return value;
}

function intensity(text: string): Intensity {
  if (text === 'none' || text === 'some' || text === 'harsh') return text;
  throw new Error(`--faults is none, some or harsh, not ${text}`);
}
