/** The command line of deploy/local.sh. Pure. */
import { parseArgs } from 'node:util';
import { DeployError } from '../errors.ts';
import { PROCESSES_MAX } from './port-plan.ts';
import type { RollTarget } from './roll.ts';

/** What is asked for. `folder` is as typed. */
export type Asked =
  | { readonly kind: 'help' }
  | ({ readonly kind: 'start' } & StartOptions)
  | { readonly kind: 'roll'; readonly target: RollTarget; readonly folder: string }
  | { readonly kind: 'status' | 'stop'; readonly folder: string };

/** Options of a start. */
export interface StartOptions {
  readonly folder: string;
  readonly edges: number;
  readonly workers: number;
  readonly portsFrom: number;
  readonly scrapeS: number;
  readonly env: Readonly<Record<string, string>>;
}

/** What `--help` prints. */
export const HELP = `deploy/local.sh [start]                       starts a set and stays in front; Ctrl-C ends it
deploy/local.sh roll [all|edges|workers]      from another terminal: restarts them one by one
deploy/local.sh status | stop

A set is three NATS servers with JetStream and copies on each, edges behind HAProxy, workers, an api, Prometheus with our rules.

  --dir <folder>          stores, configurations, logs (default data/local); says which set is meant
  --edges <n>             edges (default 3)
  --workers <n>           workers (default 2)
  --ports-from <n>        first of 50 ports (default 9000): the first is for chargers
  --scrape-seconds <n>    between scrapes of Prometheus (default 5)
  --env NAME=value        a VOLTLANE_… setting for edges, workers and api; may be repeated
`;

/** Reads it; throws DeployError `bad-options`. */
export function readCommandLine(argv: readonly string[]): Asked {
  const { values, positionals } = parsed(argv);
  const [command = 'start', argument, ...others] = positionals;
  const folder = values.dir ?? 'data/local';
  if (values.help === true) return { kind: 'help' };
  if (others.length > 0 || (argument !== undefined && command !== 'roll'))
    throw wrong(`${argument ?? ''} ${others.join(' ')} is more than ${command} takes`);
  switch (command) {
    case 'start':
      return {
        kind: 'start',
        folder,
        edges: whole('--edges', values.edges, 3, PROCESSES_MAX),
        workers: whole('--workers', values.workers, 2, PROCESSES_MAX),
        portsFrom: whole('--ports-from', values['ports-from'], 9_000, 65_000),
        scrapeS: whole('--scrape-seconds', values['scrape-seconds'], 5, 60),
        env: Object.fromEntries((values.env ?? []).map(setting)),
      };
    case 'roll':
      if (argument !== undefined && argument !== 'all' && argument !== 'edges' && argument !== 'workers')
        throw wrong(`there is no roll of ${argument}; there are all, edges, workers`);
      return { kind: 'roll', target: argument ?? 'all', folder };
    case 'status':
    case 'stop':
      return { kind: command, folder };
    default:
      throw wrong(`there is no command ${command}`);
  }
}

interface Parsed {
  readonly values: {
    readonly help?: boolean;
    readonly dir?: string;
    readonly edges?: string;
    readonly workers?: string;
    readonly 'ports-from'?: string;
    readonly 'scrape-seconds'?: string;
    readonly env?: readonly string[];
  };
  readonly positionals: readonly string[];
}

function parsed(argv: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        dir: { type: 'string' },
        edges: { type: 'string' },
        workers: { type: 'string' },
        'ports-from': { type: 'string' },
        'scrape-seconds': { type: 'string' },
        env: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string | undefined, otherwise: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw wrong(`${name} takes a whole number from 1 to ${most}, not ${text}`);
  return value;
}

function setting(text: string): readonly [string, string] {
  const [, name, value] = /^(VOLTLANE_[A-Z0-9_]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw wrong(`--env takes VOLTLANE_<NAME>=<value>, not ${text}`);
  return [name, value];
}

function wrong(why: string): DeployError {
  return new DeployError('bad-options', `${why} (--help shows what there is)`);
}
