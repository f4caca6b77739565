/**
 * Owns the command line: which options exist, what they may hold, the help text. commander does the parsing because
 * option grammar, `--help` and spelling suggestions are not our business.
 */
import { OCPP_VERSIONS, type OcppVersion } from '@voltlane/ocpp';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** What the user asked for. */
export interface CliOptions {
  readonly id: string;
  readonly version: OcppVersion;
  readonly url: string;
  readonly password: string | Uint8Array | undefined;
  readonly count: number;
  readonly sessions: number;
  readonly connector: number;
  readonly durationMs: number;
  readonly sampleIntervalMs: number;
  readonly pauseMs: number;
  readonly rampMs: number;
  readonly connectTimeoutMs: number;
  readonly idToken: string;
  readonly timeScale: number;
  readonly seed: number | undefined;
  readonly output: 'lines' | 'quiet' | 'json';
  readonly trace: boolean;
}

/** Either options, or text to print and the exit status to end with (help, bad argument). */
export type Parsed =
  | { readonly kind: 'run'; readonly options: CliOptions }
  | { readonly kind: 'end'; readonly text: string; readonly exitCode: number };

interface RawOptions {
  readonly id: string;
  readonly version: OcppVersion;
  readonly url: string;
  readonly password?: string;
  readonly passwordHex?: Uint8Array;
  readonly count: number;
  readonly sessions: number;
  readonly connector: number;
  readonly duration: number;
  readonly sampleInterval: number;
  readonly interval: number;
  readonly ramp?: number;
  readonly connectTimeout: number;
  readonly idToken: string;
  readonly timeScale: number;
  readonly seed?: number;
  readonly quiet?: true;
  readonly json?: true;
  readonly trace?: true;
}

const EXAMPLES = `
Examples:
  npm run charger -- --id CP1                              one session in OCPP 1.6, about 25 s
  npm run charger -- --id CP1 --version 2.1 --trace        see every message
  npm run charger -- --id CP1 --sessions 0                 stay connected and obey commands until Ctrl-C
  npm run charger -- --id CP1 --duration 3600 --sample-interval 60 --time-scale 120
                                                           an hour of charging in 30 s; its timestamps run ahead
  npm run charger -- --id SIM --count 500 --sessions 3     500 chargers SIM-0001 … SIM-0500

Exit status: 0 all sessions completed, 1 otherwise (the last line says why), 2 bad arguments.
`;

/** Chargers started per second when --ramp is not given. */
const STARTS_PER_SECOND = 200;

/** Reads the arguments (without node and script). */
export function parseArguments(argv: readonly string[]): Parsed {
  let text = '';
  const collect = (more: string): void => {
    text += more;
  };
  const command = createCommand().exitOverride().configureOutput({ writeOut: collect, writeErr: collect });
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'end', text, exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  return { kind: 'run', options: toOptions(command.opts<RawOptions>()) };
}

function createCommand(): Command {
  return new Command('charger')
    .description('A virtual OCPP charger: boots, authorizes, charges, stops.')
    .option('--id <id>', 'identity; with --count the prefix of identities', 'CP1')
    .addOption(new Option('--version <version>', 'OCPP version').choices([...OCPP_VERSIONS]).default('1.6'))
    .option('--url <url>', 'endpoint without the identity', webSocketUrl, 'ws://127.0.0.1:9000/ocpp')
    .option('--password <text>', 'Basic password')
    .addOption(
      new Option('--password-hex <digits>', 'Basic password as raw bytes, for 1.6 keys')
        .argParser(bytes)
        .conflicts('password'),
    )
    .option('--count <n>', 'number of chargers', wholeFrom(1), 1)
    .option('--sessions <n>', 'sessions of each charger; 0: stay connected until Ctrl-C', wholeFrom(0), 1)
    .option('--connector <n>', 'connector (1.6) or EVSE (2.x)', wholeFrom(1), 1)
    .option('--duration <s>', 'length of a session', secondsAbove0, 20)
    .option('--sample-interval <s>', 'time between meter values', secondsAbove0, 2)
    .option('--interval <s>', 'pause between two sessions of a charger', secondsFrom0, 1)
    .option('--ramp <s>', 'spread the starts of many chargers over this time (default: 200 a second)', secondsFrom0)
    .option('--connect-timeout <s>', 'give up when not accepted within this time', secondsAbove0, 15)
    .option('--id-token <token>', 'driver to authorize', 'TAG1')
    .option('--time-scale <x>', 'charging clock runs x times as fast; timeouts do not', factor, 1)
    .option('--seed <n>', 'make meter noise and ids repeatable', wholeFrom(0))
    .option('--trace', 'print every message')
    .addOption(new Option('--quiet', 'print the last line only').conflicts('json'))
    .option('--json', 'print events as JSON lines')
    .addHelpText('after', EXAMPLES);
}

function toOptions(raw: RawOptions): CliOptions {
  return {
    id: raw.id,
    version: raw.version,
    url: raw.url,
    password: raw.passwordHex ?? raw.password,
    count: raw.count,
    sessions: raw.sessions,
    connector: raw.connector,
    durationMs: raw.duration * 1000,
    sampleIntervalMs: raw.sampleInterval * 1000,
    pauseMs: raw.interval * 1000,
    rampMs: raw.ramp === undefined ? ((raw.count - 1) / STARTS_PER_SECOND) * 1000 : raw.ramp * 1000,
    connectTimeoutMs: raw.connectTimeout * 1000,
    idToken: raw.idToken,
    timeScale: raw.timeScale,
    seed: raw.seed,
    output: raw.json === true ? 'json' : raw.quiet === true ? 'quiet' : 'lines',
    trace: raw.trace === true,
  };
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It takes a whole number from ${least}.`);
    return value;
  };
}

function secondsFrom0(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It takes seconds, 0 or more.');
  return value;
}

function secondsAbove0(text: string): number {
  const value = secondsFrom0(text);
  if (value === 0) throw new InvalidArgumentError('It takes seconds above 0.');
  return value;
}

function factor(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It takes a number above 0.');
  return value;
}

function bytes(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new InvalidArgumentError('It takes pairs of hex digits.');
  return Buffer.from(text, 'hex');
}

function webSocketUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new InvalidArgumentError('It takes a URL like ws://127.0.0.1:9000/ocpp.');
  }
  return text;
}
