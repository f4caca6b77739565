/** The options of the command line, and how they become options of a run. */

import type { OcppVersion } from '@voltlane/ocpp';
import { OCPP_VERSIONS } from '@voltlane/ocpp';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Niceness } from './broker-processes.ts';
import type { LoadTestOptions } from './options.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { ALWAYS, FIGURES, parseAssertions } from './thresholds.ts';
import type { Traffic } from './traffic.ts';
import { trafficAt, USUAL_TRAFFIC } from './traffic.ts';

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'run'; readonly options: LoadTestOptions }
  | { readonly kind: 'join'; readonly urls: readonly string[]; readonly generators: number }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

interface Raw {
  readonly chargers: number;
  readonly scenario: Scenario;
  readonly minutes: number;
  readonly edges?: number;
  readonly workers?: number;
  readonly generators?: number | 'remote';
  readonly agents: number;
  readonly join?: readonly string[];
  readonly target?: readonly string[];
  readonly nats?: readonly string[];
  readonly subjectPrefix: string;
  readonly replicas: number;
  readonly journal: boolean;
  readonly rate?: number;
  readonly heartbeatSeconds?: number;
  readonly meterSeconds?: number;
  readonly sessionSeconds?: number;
  readonly charging?: number;
  readonly versions?: readonly OcppVersion[];
  readonly connectsPerSecond: number;
  readonly reconnectSeconds: number;
  readonly settleSeconds: number;
  readonly address: string;
  readonly portsFrom: number;
  readonly env: Readonly<Record<string, string>>;
  readonly compiled: boolean;
  readonly profile?: string;
  readonly nice: Niceness;
  readonly natsTimerSlack: number;
  readonly seed: number;
  readonly out: string;
  readonly assert?: string;
}

const AFTER_HELP = `
Scenarios:
${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join('\n')}

Figures for --assert (units ms, s, us, MB, GB, MiB, GiB; always asserted: ${ALWAYS}):
${Object.entries(FIGURES)
  .map(([name, { what }]) => `  ${name.padEnd(18)} ${what}`)
  .join('\n')}

Exit status: 0 when every threshold held, 1 when one broke or the run could not be made, 2 for wrong options.

Examples:
  npm run loadtest -- --chargers 1000 --minutes 0.5 --rate 500
  npm run loadtest -- --chargers 100000 --scenario steady --minutes 15 --assert "p99<25ms,memory<2.5GB,closes=0"
  npm run loadtest -- --chargers 5000 --target ws://10.0.0.5:9000/ocpp --nats nats://10.0.0.6:4222
  npm run loadtest -- --chargers 200000 --generators remote --agents 2 --address 10.0.0.1
  npm run loadtest -- --join nats://10.0.0.1:21000      on each of the two other machines
`;

/** The options. */
export function commandLine(print: (text: string) => void): Command {
  return new Command('npm run loadtest --')
    .description('Plays a fleet of chargers against a broker, measures it, and holds its journal against the chargers.')
    .option('--chargers <n>', 'connected chargers', wholeFrom(1, 10_000_000), 1_000)
    .addOption(
      new Option('--scenario <name>', 'what happens (see below)')
        .argParser(scenarioOf)
        .default(scenarioOf('steady'), 'steady'),
    )
    .option('--minutes <m>', 'length of the measured part', above0, 1)
    .option('--rate <n>', 'calls per second of all chargers, instead of the intervals below', above0)
    .option('--heartbeat-seconds <s>', 'between Heartbeats, 0 for none (default: 60)', from0)
    .option('--meter-seconds <s>', 'between meter values of a charging charger (default: 60)', above0)
    .option('--session-seconds <s>', 'length of a charging session (default: 600)', above0)
    .option('--charging <share>', 'share of chargers that charge at any time (default: 0.3)', share)
    .option('--versions <list>', `of ${OCPP_VERSIONS.join(', ')}, in turn`, versionsOf)
    .option('--connects-per-second <n>', 'rate of the first connects', above0, 1_000)
    .option('--reconnect-seconds <s>', 'chargers that lost their connection come back spread over this time', from0, 10)
    .option('--settle-seconds <s>', 'between the ramp and the measured part', from0, 15)
    .option('--edges <n>', 'edge processes (default: one for 16,700 chargers)', wholeFrom(1, 1_000))
    .option('--workers <n>', 'worker processes (default: 2)', wholeFrom(1, 1_000))
    .option('--generators <n>', 'generator processes (default: one for 16,700 chargers), or remote', generatorsOf)
    .option('--agents <n>', 'machines to wait for with --generators remote', wholeFrom(1, 1_000), 1)
    .option('--join <urls>', 'be such a machine: take orders from a coordinator over NATS', urlsOf('nats', 'tls'))
    .option('--target <urls>', 'a running broker instead of one started here: ws://host:port/ocpp,…', urlsOf('ws'))
    .option('--nats <urls>', 'NATS of the running broker', urlsOf('nats', 'tls'))
    .option('--subject-prefix <prefix>', 'VOLTLANE_SUBJECT_PREFIX of the running broker', '')
    .option('--replicas <n>', 'VOLTLANE_NATS_REPLICAS of the running broker', wholeFrom(1, 5), 1)
    .option('--no-journal', 'do not read the journal: nothing is known then of lost and doubled messages')
    .option('--address <ip>', 'address of this machine that edges and nats-server listen on', '127.0.0.1')
    .option(
      '--ports-from <n>',
      'first port to try; nats-server gets the first free one',
      wholeFrom(1_024, 65_000),
      21_000,
    )
    .addOption(
      new Option('--env <name=value>', 'setting for edges and workers; may be repeated')
        .argParser(setting)
        .default({}, 'none'),
    )
    .option('--compiled', 'run what `npm run build` made, as the image does, instead of the sources', false)
    .addOption(
      new Option(
        '--nice <list>',
        'niceness of processes here, such as worker=-10,edge=10: above 0 they give way to others, below 0 others give way to them',
      )
        .argParser(nicenessOf)
        .default({}, 'none'),
    )
    .option(
      '--nats-timer-slack <us>',
      'how late the kernel may wake threads of nats-server, as TimerSlackNSec= of systemd does; 0: as it does by itself, 50',
      wholeFrom(0, 1_000_000),
      0,
    )
    .option('--profile <dir>', 'edges and workers write CPU profiles there')
    .option('--seed <n>', 'seed of phases, pauses and targets', wholeFrom(0, 2 ** 31), 1)
    .option('--out <dir>', 'folder for report.json and report.html', 'loadtest-report')
    .option('--assert <list>', 'thresholds, such as "p99<25ms,closes=0"')
    .addHelpText('after', AFTER_HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print });
}

/** Reads a parsed command line. */
export function readOptions(program: Command, argv: readonly string[], cores: number): Asked {
  const raw = program.opts<Raw>();
  if (raw.join !== undefined) {
    if (raw.generators === 'remote')
      return { kind: 'wrong', problems: ['--join runs generators here: --generators remote is for the coordinator'] };
    return { kind: 'join', urls: raw.join, generators: raw.generators ?? cores };
  }
  const assertions = parseAssertions(raw.assert === undefined ? alwaysFor(raw) : `${alwaysFor(raw)},${raw.assert}`);
  if (typeof assertions === 'string') return { kind: 'wrong', problems: [`--assert: ${assertions}`] };
  const { scenario, rate } = raw;
  const traffic = trafficOf(raw);
  if (traffic.heartbeatMs === 0 && traffic.chargingShare === 0 && rate !== undefined)
    return { kind: 'wrong', problems: ['--rate has nothing to scale: there are neither Heartbeats nor sessions'] };
  return {
    kind: 'run',
    options: {
      chargers: raw.chargers,
      scenario,
      minutes: raw.minutes,
      edges: raw.edges,
      workers: raw.workers,
      generators: raw.generators,
      agents: raw.agents,
      target: raw.target ?? [],
      nats: raw.nats ?? [],
      subjectPrefix: raw.subjectPrefix,
      replicas: raw.replicas,
      journal: raw.journal,
      traffic: rate === undefined ? traffic : trafficAt(traffic, raw.chargers, rate),
      versions: raw.versions ?? scenario.versions,
      slowShare: scenario.slowShare,
      connectsPerSecond: raw.connectsPerSecond,
      reconnectSeconds: raw.reconnectSeconds,
      settleSeconds: raw.settleSeconds,
      address: raw.address,
      portsFrom: raw.portsFrom,
      env: raw.env,
      compiled: raw.compiled,
      profileDir: raw.profile,
      niceness: raw.nice,
      natsTimerSlackUs: raw.natsTimerSlack,
      seed: raw.seed,
      out: raw.out,
      assertions,
      commandLine: ['npm run loadtest --', ...argv.map(quoted)].join(' '),
    },
  };
}

/** Without the journal nothing is known of what is in it. */
function alwaysFor({ journal }: Raw): string {
  return journal ? ALWAYS : 'wrong=0';
}

function trafficOf(raw: Raw): Traffic {
  const usual = { ...USUAL_TRAFFIC, ...raw.scenario.traffic };
  const ms = (seconds: number | undefined, otherwise: number): number =>
    seconds === undefined ? otherwise : seconds * 1000;
  return {
    heartbeatMs: ms(raw.heartbeatSeconds, usual.heartbeatMs),
    chargingShare: raw.charging ?? usual.chargingShare,
    meterMs: ms(raw.meterSeconds, usual.meterMs),
    sessionMs: ms(raw.sessionSeconds, usual.sessionMs),
  };
}

function quoted(argument: string): string {
  return /^[\w./:=,@-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '\\"')}"`;
}

function wholeFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is wanted`);
    return value;
  };
}

function from0(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('a number from 0 is wanted');
  return value;
}

function above0(text: string): number {
  const value = from0(text);
  if (value === 0) throw new InvalidArgumentError('a number above 0 is wanted');
  return value;
}

function share(text: string): number {
  const value = from0(text);
  if (value > 0.9) throw new InvalidArgumentError('a share from 0 to 0.9 is wanted');
  return value;
}

function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined)
    throw new InvalidArgumentError(`${name} is none of ${SCENARIOS.map((one) => one.name).join(', ')}`);
  return scenario;
}

function versionsOf(text: string): readonly OcppVersion[] {
  return text.split(',').map((word) => {
    const version = OCPP_VERSIONS.find((one) => one === word.trim());
    if (version === undefined) throw new InvalidArgumentError(`${word} is none of ${OCPP_VERSIONS.join(', ')}`);
    return version;
  });
}

function generatorsOf(text: string): number | 'remote' {
  return text === 'remote' ? 'remote' : wholeFrom(1, 1_000)(text);
}

function urlsOf(...schemes: readonly string[]): (text: string) => readonly string[] {
  return (text) =>
    text.split(',').map((word) => {
      const url = word.trim();
      const scheme = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : '';
      if (!schemes.includes(scheme))
        throw new InvalidArgumentError(`${url} does not begin with ${schemes.join(':// or ')}://`);
      return url;
    });
}

function nicenessOf(text: string): Niceness {
  const entries = text.split(',').map((entry) => {
    const [, kind, niceness] = /^(edge|worker|nats|generator)=(-20|-?1?\d)$/.exec(entry.trim()) ?? [];
    if (kind === undefined)
      throw new InvalidArgumentError('edge, worker, nats or generator = -20 to 19 is wanted, as in worker=-10,edge=10');
    return [kind, Number(niceness)];
  });
  return Object.fromEntries(entries) as Niceness;
}

function setting(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^(VOLTLANE_[A-Z0-9_]+|NODE_OPTIONS)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('VOLTLANE_<NAME>=<value> or NODE_OPTIONS=<flags> is wanted');
  return { ...before, [name]: value };
}
