/**
 * `npm run bench:commands`: time from the request of a command to its outcome, over HTTP and over NATS, while the chargers go about
 * their usual business, and what a command costs each process. Real edge, worker, api and nats-server on this machine.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectNats } from '@voltlane/bus';
import { systemClock } from '@voltlane/time';
import { chargerId, createSubjects, tenant } from '@voltlane/wire';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BenchCharger, connectFleet } from './bench/bench-charger.ts';
import { type BrokerSet, startBrokerSet } from './bench/broker-set.ts';
import { type CommandResult, runCommands } from './bench/command-load.ts';
import { cpuTimeUs } from './bench/cpu-time.ts';
import { printLoad, printMachine } from './bench/machine.ts';
import { type LoadResult, runOpenLoop } from './bench/open-loop.ts';
import { printProfiles } from './bench/profile-summary.ts';

interface Options {
  readonly chargers: number;
  readonly commands: number;
  readonly seconds: number;
  readonly answerMs: number;
  readonly traffic: number;
  readonly via: 'http' | 'nats' | 'both';
  readonly profile: boolean;
}

const API_TOKEN = 'a-key-for-the-bench';
const WARM_SECONDS = 3;
const REQUEST_MS_MAX = 60_000;
const subjects = createSubjects('');

/** GetConfiguration and an answer of usual size. */
const REQUEST = { payload: { key: ['HeartbeatInterval', 'MeterValueSampleInterval', 'NumberOfConnectors'] } };
const ANSWER = JSON.stringify({
  configurationKey: REQUEST.payload.key.map((key) => ({ key, readonly: false, value: '60' })),
  unknownKey: [],
});
const METER_VALUES =
  '{"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1000"},{"value":"7360","measurand":"Power.Active.Import","unit":"W"}]}]}';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number from 0 is wanted');
  return value;
}

type Ask = (n: number) => Promise<string>;

function overHttp(broker: BrokerSet, fleet: readonly BenchCharger[]): Ask {
  const headers = { authorization: `Bearer ${API_TOKEN}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ ...REQUEST, action: 'GetConfiguration' });
  return async (n) => {
    const id = fleet[n % fleet.length]?.id ?? '';
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    const response = await fetch(`${broker.apiUrl}/v1/chargers/${id}/commands`, {
      method: 'POST',
      headers,
      body,
      signal,
    });
    return outcomeOf(await response.text());
  };
}

function overNats(bus: Bus, fleet: readonly BenchCharger[]): Ask {
  const body = Buffer.from(JSON.stringify(REQUEST), 'utf8');
  return async (n) => {
    const address = { tenant: tenant('default'), chargerId: chargerId(fleet[n % fleet.length]?.id ?? '') };
    const reply = await bus.request(subjects.command(address, 'GetConfiguration'), body, REQUEST_MS_MAX);
    return outcomeOf(Buffer.from(reply).toString('utf8'));
  };
}

/** The outcome, or why there is none: over HTTP `code`, over NATS `problem.code`. */
function outcomeOf(json: string): string {
  return /"(?:outcome|code)":"([^"]+)"/.exec(json)?.[1] ?? 'unreadable';
}

/** A third of the calls are heartbeats, the rest meter values; chargers answer commands meanwhile. */
async function traffic(
  fleet: readonly BenchCharger[],
  perSecond: number,
  seconds: number,
): Promise<readonly LoadResult[]> {
  if (perSecond === 0) return [];
  const plan = (action: string, payload: string, share: number): Promise<LoadResult> =>
    runOpenLoop(systemClock, fleet, { action, payload: () => payload, callsPerSecond: perSecond * share, seconds });
  return Promise.all([plan('Heartbeat', '{}', 1 / 3), plan('MeterValues', METER_VALUES, 2 / 3)]);
}

type Cpu = Readonly<Record<'api' | 'edge' | 'worker' | 'nats', number>>;

async function cpuPerSecond(broker: BrokerSet, seconds: number, work: () => Promise<unknown>): Promise<Cpu> {
  const now = (): Cpu => ({
    api: broker.api === undefined ? 0 : cpuTimeUs(broker.api.pid),
    edge: cpuTimeUs(broker.edge.pid),
    worker: cpuTimeUs(broker.worker.pid),
    nats: cpuTimeUs(broker.nats.pid()),
  });
  const before = now();
  await work();
  const after = now();
  const per = (name: keyof Cpu): number => (after[name] - before[name]) / seconds;
  return { api: per('api'), edge: per('edge'), worker: per('worker'), nats: per('nats') };
}

function line(name: string, result: CommandResult): string {
  const ms = (percentile: number): string =>
    (result.latencyUs.getValueAtPercentile(percentile) / 1000).toFixed(1).padStart(8);
  const accepted = result.outcomes.get('accepted') ?? 0;
  const others = [...result.outcomes].filter(([outcome]) => outcome !== 'accepted');
  const max = (result.latencyUs.maxValue / 1000).toFixed(1).padStart(8);
  return (
    `${name.padEnd(8)}${String(result.due).padStart(7)}${String(accepted).padStart(9)}${ms(50)}${ms(99)}${ms(99.9)}${max}` +
    `  ${others.map(([outcome, count]) => `${count} × ${outcome}`).join(', ')}`
  );
}

async function main(options: Options): Promise<void> {
  const directory = options.profile ? mkdtempSync(join(tmpdir(), 'voltlane-bench-')) : undefined;
  const broker = await startBrokerSet({ profileDir: directory, apiToken: API_TOKEN });
  await printMachine();
  const { chargers, commands, seconds, answerMs } = options;
  console.log(
    `${chargers} chargers (OCPP 1.6, one edge, one worker, one api, JetStream R1 on file), ${options.traffic} calls/s of theirs, ` +
      `${commands} commands/s for ${seconds} s, chargers answer after ${answerMs} ms\n`,
  );
  const bus = await connectNats({ urls: [broker.nats.url], name: 'bench', clock: systemClock });
  try {
    const fleet = await connectFleet(broker.ocppUrl, chargers, (_action, reply) => {
      if (answerMs === 0) reply(ANSWER);
      else systemClock.after(answerMs, () => reply(ANSWER));
    });
    const ways = [
      ...(options.via === 'nats' ? [] : [{ name: 'http', ask: overHttp(broker, fleet) }]),
      ...(options.via === 'http' ? [] : [{ name: 'nats', ask: overNats(bus, fleet) }]),
    ];
    const rate = commands / ways.length;
    const load = (during: number): Promise<readonly CommandResult[]> =>
      Promise.all(ways.map(({ ask }) => runCommands(systemClock, { commandsPerSecond: rate, seconds: during, ask })));
    await Promise.all([load(WARM_SECONDS), traffic(fleet, options.traffic, WARM_SECONDS)]);

    const alone = await cpuPerSecond(broker, seconds, () => traffic(fleet, options.traffic, seconds));
    let results: readonly CommandResult[] = [];
    let calls: readonly LoadResult[] = [];
    const together = await cpuPerSecond(broker, seconds, async () => {
      [results, calls] = await Promise.all([load(seconds), traffic(fleet, options.traffic, seconds)]);
    });

    console.log('latency in ms from the intended time of the request to its outcome');
    console.log('via         due accepted     p50     p99   p99.9     max');
    for (const [index, result] of results.entries()) console.log(line(ways[index]?.name ?? '', result));
    const lost = calls.reduce((sum, { failed, unanswered }) => sum + failed + unanswered, 0);
    const p99 = calls.map(({ latencyUs }) => (latencyUs.getValueAtPercentile(99) / 1000).toFixed(1));
    console.log(`calls of the chargers meanwhile: p99 ${p99.join(' and ')} ms, ${lost} lost`);
    const us = (name: keyof Cpu): string => ((together[name] - alone[name]) / Math.max(1, commands)).toFixed(0);
    console.log(
      `CPU per command, beyond that of the calls: api ${us('api')} µs, worker ${us('worker')} µs, edge ${us('edge')} µs, nats ${us('nats')} µs`,
    );
    printLoad('after');
    for (const charger of fleet) charger.close();
  } finally {
    await bus.close();
    await broker.stop();
  }
  if (directory !== undefined) printProfiles(directory, ['api', 'edge', 'worker']);
}

const program = new Command('bench:commands')
  .description('Measures commands through one api, one worker, one edge and one nats-server on this machine.')
  .option('--chargers <n>', 'connected chargers', wholeNumber, 1000)
  .option('--commands <rate>', 'commands per second', wholeNumber, 100)
  .option('--seconds <s>', 'duration', wholeNumber, 60)
  .option('--answer-ms <ms>', 'what a charger takes to answer', wholeNumber, 0)
  .option('--traffic <rate>', 'calls per second of the chargers beside it', wholeNumber, 200)
  .addOption(new Option('--via <way>', 'how commands are asked for').choices(['http', 'nats', 'both']).default('both'))
  .option('--profile', 'also print where api, edge and worker spend their CPU', false);
program.parse();
await main(program.opts<Options>());
