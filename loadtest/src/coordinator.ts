/**
 * One load test from start to verdict: broker, generators, scenario, the chargers' records against the journal, report. Everything is
 * stopped again whatever happens.
 */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bus } from '@voltlane/bus';
import { connectNats } from '@voltlane/bus';
import { machineFacts } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';
import type { BrokerProcesses } from './broker-processes.ts';
import { startBrokerProcesses } from './broker-processes.ts';
import type { CommandBurst } from './command-burst.ts';
import { createCommandBurst } from './command-burst.ts';
import { LoadTestError } from './errors.ts';
import { readExpectedCalls } from './expected-calls.ts';
import type { Fleet } from './fleet.ts';
import { startFleet } from './fleet.ts';
import type { JournalFigures } from './journal-check.ts';
import { JournalCheck } from './journal-check.ts';
import type { JournalReader } from './journal-reader.ts';
import { openJournalReader } from './journal-reader.ts';
import type { LiveView } from './live-view.ts';
import { machineTime } from './machine-time.ts';
import type { LoadTestOptions } from './options.ts';
import { createProcessSampler } from './process-sampler.ts';
import type { LoadReport } from './report.ts';
import { buildReport, loadAverage } from './report.ts';
import { RunLog } from './run-log.ts';
import type { Stage } from './scenario.ts';
import type { Sizing } from './sizing.ts';
import { createStage } from './stage.ts';

/** Where a run says how far it is. */
export interface CoordinatorPorts {
  readonly view: LiveView;
}

/** What is up while a run lasts. */
interface Rig {
  readonly broker: BrokerProcesses | undefined;
  readonly bus: Bus | undefined;
  readonly reader: JournalReader | undefined;
  readonly fleet: Fleet;
}

/** Runs the test. Rejects with LoadTestError when it could not be made; what it found is in the report. */
export async function runLoadTest(
  options: LoadTestOptions,
  sizing: Sizing,
  ports: CoordinatorPorts,
): Promise<LoadReport> {
  const { view } = ports;
  const startedAtMs = systemClock.nowMs();
  const machine = await machineFacts();
  const undo: (() => Promise<void> | void)[] = [];
  const note = (line: string): void => view.note(line);
  try {
    const prefix = `LT${startedAtMs.toString(36)}-`;
    const rig = await setUp({ options, sizing, prefix, note, undo });
    const sampler = createProcessSampler(() => [...(rig.broker?.processes() ?? []), ...rig.fleet.processes()]);
    const log = new RunLog(systemClock.monotonicMs(), machineTime());
    rig.fleet.onTick((name, tick) => log.take(name, tick));
    const commands = rig.bus === undefined ? undefined : burstOf(options, rig.bus, prefix);
    const stage = createStage({ options, log, sampler, view, fleet: rig.fleet, broker: rig.broker, commands });
    undo.push(() => stage.stop());
    const idle = sampler.sample();
    const failure = await playedOut(options, stage, note);
    note('waiting for the last answers');
    await commands?.settled();
    const files = await stage.finish();
    await sampler.scrape();
    stage.stop();
    const processes = sampler.figures();
    const serverCounters = sampler.serverCounters();
    const { user, system } = process.cpuUsage();
    const expected = readExpectedCalls(files, options.chargers);
    for (const file of files) rmSync(dirname(file), { recursive: true, force: true });
    rig.fleet.end();
    await rig.broker?.stopServices();
    const journal =
      rig.reader === undefined
        ? undefined
        : await checkJournal(rig.reader, new JournalCheck(expected, prefix, options.versions), note);
    const loadAverageAfter = loadAverage();
    const { extra } = stage;
    return buildReport({
      options,
      sizing,
      machine,
      loadAverageAfter,
      startedAtMs,
      log,
      processes,
      idle,
      journal,
      commands: commands?.figures(expected.commands),
      extra,
      failure,
      coordinatorCpuS: (user + system) / 1e6,
      serverCounters,
    });
  } finally {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    view.close();
  }
}

/** Chargers that cannot be served end the scenario, not the run: its figures say why. Resolves to what went wrong. */
async function playedOut(
  { scenario }: LoadTestOptions,
  stage: Stage,
  note: (line: string) => void,
): Promise<string | undefined> {
  try {
    await scenario.run(stage);
    return undefined;
  } catch (error) {
    if (!(error instanceof LoadTestError) || error.code !== 'not-served') throw error;
    note(error.message);
    return error.message;
  }
}

interface SetUp {
  readonly options: LoadTestOptions;
  readonly sizing: Sizing;
  readonly prefix: string;
  readonly note: (line: string) => void;
  readonly undo: (() => Promise<void> | void)[];
}

async function setUp({ options, sizing, prefix, note, undo }: SetUp): Promise<Rig> {
  const { target, address, portsFrom, env, compiled, profileDir, niceness, natsTimerSlackUs } = options;
  let broker: BrokerProcesses | undefined;
  if (target.length === 0) {
    const { edges, workers, connectionsMax } = sizing;
    const running = { address, portsFrom, env, compiled, profileDir, niceness, natsTimerSlackUs };
    const size = { edges, workers, connectionsMax, ...running };
    broker = await startBrokerProcesses(size, note);
    const own = broker;
    undo.push(() => own.stop());
  }
  const natsUrls = broker === undefined ? options.nats : [broker.natsUrl];
  let bus: Bus | undefined;
  if (natsUrls.length > 0) {
    bus = await connectNats({ urls: natsUrls, name: 'voltlane-loadtest', clock: systemClock });
    const own = bus;
    undo.push(() => own.close());
  }
  const reader =
    bus === undefined || !options.journal
      ? undefined
      : await openJournalReader(bus, options.subjectPrefix, options.replicas);
  const fleet = await startFleet({ options, sizing, prefix, note, bus, targets: broker?.targets ?? target });
  undo.push(() => fleet.kill());
  return { broker, bus, reader, fleet };
}

function burstOf(options: LoadTestOptions, bus: Bus, prefix: string): CommandBurst {
  const { chargers, subjectPrefix, seed } = options;
  return createCommandBurst({ bus, subjectPrefix, prefix, chargers, random: createSeededRandom(seed) });
}

async function checkJournal(
  reader: JournalReader,
  check: JournalCheck,
  note: (line: string) => void,
): Promise<JournalFigures> {
  note('holding the journal against the chargers');
  try {
    const records = await reader.readSinceStart((record) => check.take(record));
    note(`read ${records} records`);
  } catch (cause) {
    throw new LoadTestError('journal-unread', `the journal could not be read to its end: ${String(cause)}`, { cause });
  }
  return check.figures();
}
