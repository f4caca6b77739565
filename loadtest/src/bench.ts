/**
 * `npm run bench`: round trips per second, CPU per call of each process, latency percentiles, for Heartbeat (nothing durable)
 * and MeterValues (journalled), over a real edge, nats-server and worker on this machine.
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@voltlane/time';
import { Command, InvalidArgumentError } from 'commander';
import type { BenchCharger } from './bench/bench-charger.ts';
import { connectFleet } from './bench/bench-charger.ts';
import type { BrokerSet } from './bench/broker-set.ts';
import { startBrokerSet } from './bench/broker-set.ts';
import { cpuTimeUs, residentBytes } from './bench/cpu-time.ts';
import { printLoad, printMachine } from './bench/machine.ts';
import type { LoadPlan, LoadResult } from './bench/open-loop.ts';
import { runOpenLoop } from './bench/open-loop.ts';
import { printProfiles } from './bench/profile-summary.ts';
import { machineShares, machineTime, machineTimeBetween } from './machine-time.ts';

interface Options {
  readonly chargers: number;
  readonly seconds: number;
  readonly heartbeats: readonly number[];
  readonly meterValues: readonly number[];
  readonly natsTimerSlack?: number;
  readonly profile: boolean;
}

interface Row {
  readonly action: string;
  readonly rate: number;
  readonly result: LoadResult;
  readonly edgeUs: number;
  readonly workerUs: number;
  readonly natsUs: number;
  readonly stolenPercent: number;
}

const METER_VALUES = (n: number): string =>
  JSON.stringify({
    connectorId: 1,
    meterValue: [
      {
        timestamp: new Date(1_767_225_600_000 + n * 1000).toISOString(),
        sampledValue: [
          { value: String(1000 + n), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
          { value: '7360', measurand: 'Power.Active.Import', unit: 'W' },
          { value: '32', measurand: 'Current.Import', unit: 'A', phase: 'L1' },
          { value: '230', measurand: 'Voltage', unit: 'V', phase: 'L1-N' },
        ],
      },
    ],
  });

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is wanted');
  return value;
}

function rates(text: string): number[] {
  return text.split(',').map((part) => wholeNumber(part.trim()));
}

async function measure(broker: BrokerSet, fleet: readonly BenchCharger[], plan: LoadPlan): Promise<Row> {
  const pids = [broker.edge.pid, broker.worker.pid, broker.nats.pid()] as const;
  const before = pids.map(cpuTimeUs);
  const machineBefore = machineTime();
  const result = await runOpenLoop(systemClock, fleet, plan);
  const used = pids.map((pid, index) => (cpuTimeUs(pid) - (before[index] ?? 0)) / Math.max(1, result.answered));
  const [edgeUs = 0, workerUs = 0, natsUs = 0] = used;
  const { stolenPercent } = machineShares(machineTimeBetween(machineBefore, machineTime()));
  return { action: plan.action, rate: plan.callsPerSecond, result, edgeUs, workerUs, natsUs, stolenPercent };
}

function line(row: Row): string {
  const { result } = row;
  const ms = (percentile: number): string =>
    (result.latencyUs.getValueAtPercentile(percentile) / 1000).toFixed(1).padStart(8);
  const us = (value: number): string => value.toFixed(0).padStart(6);
  const answeredPerSecond = (result.answered / (result.elapsedMs / 1000)).toFixed(0).padStart(9);
  const total = row.edgeUs + row.workerUs + row.natsUs;
  const lost = result.failed + result.unanswered;
  return (
    `${row.action.padEnd(12)}${String(row.rate).padStart(7)}${answeredPerSecond}${ms(50)}${ms(99)}${ms(99.9)}` +
    `${us(row.edgeUs)}${us(row.workerUs)}${us(row.natsUs)}${us(total)}${String(lost).padStart(6)}${String(result.delayed).padStart(8)}` +
    `${row.stolenPercent.toFixed(1).padStart(9)}`
  );
}

async function main(options: Options): Promise<void> {
  const directory = options.profile ? mkdtempSync(join(tmpdir(), 'voltlane-bench-')) : undefined;
  const broker = await startBrokerSet({ profileDir: directory, natsTimerSlackUs: options.natsTimerSlack ?? 0 });
  await printMachine();
  console.log(
    `${options.chargers} chargers (OCPP 1.6, one edge, one worker, JetStream R1 on file), ${options.seconds} s a row`,
  );
  console.log(
    'latency in ms from the intended send time; CPU in µs per answered call, by the kernel’s accounting;\nstolen: processor time of the whole machine that its host gave to others\n',
  );
  try {
    const fleet = await connectFleet(broker.ocppUrl, options.chargers);
    await runOpenLoop(systemClock, fleet, {
      action: 'Heartbeat',
      payload: () => '{}',
      callsPerSecond: 1000,
      seconds: 3,
    });
    console.log(
      'action        asked/s answd/s     p50     p99   p99.9  edge worker  nats total  lost delayed stolen %',
    );
    for (const rate of options.heartbeats) {
      const plan = { action: 'Heartbeat', payload: (): string => '{}', callsPerSecond: rate, seconds: options.seconds };
      console.log(line(await measure(broker, fleet, plan)));
    }
    let sent = 0;
    for (const rate of options.meterValues) {
      const from = sent;
      sent += rate * options.seconds;
      const payload = (n: number): string => METER_VALUES(from + n);
      console.log(
        line(
          await measure(broker, fleet, {
            action: 'MeterValues',
            payload,
            callsPerSecond: rate,
            seconds: options.seconds,
          }),
        ),
      );
    }
    const mib = (pid: number): string => `${(residentBytes(pid) / 1_048_576).toFixed(0)} MiB`;
    console.log(
      `\nmemory: edge ${mib(broker.edge.pid)}, worker ${mib(broker.worker.pid)}, nats-server ${mib(broker.nats.pid())}`,
    );
    printLoad('after');
    for (const charger of fleet) charger.close();
  } finally {
    await broker.stop();
  }
  if (directory !== undefined) printProfiles(directory, ['edge', 'worker']);
}

const program = new Command('bench')
  .description('Measures one edge, one worker and one nats-server on this machine.')
  .option('--chargers <n>', 'connected chargers', wholeNumber, 500)
  .option('--seconds <s>', 'duration of each row', wholeNumber, 8)
  .option('--heartbeats <rates>', 'Heartbeats per second, one row each', rates, [1000, 2000, 4000, 6000])
  .option('--meter-values <rates>', 'MeterValues per second, one row each', rates, [500, 1000, 2000])
  .option(
    '--nats-timer-slack <us>',
    'how late threads of nats-server may wake (default: the 50 of the kernel)',
    wholeNumber,
  )
  .option('--profile', 'also print where edge and worker spend their CPU', false);
program.parse();
await main(program.opts<Options>());
