/** The stage a scenario plays on: phases, waiting, the clock of seconds. */

import { sleep, systemClock } from '@voltlane/time';
import type { BrokerProcesses } from './broker-processes.ts';
import type { CommandBurst } from './command-burst.ts';
import { LoadTestError } from './errors.ts';
import type { Fleet } from './fleet.ts';
import type { LiveView } from './live-view.ts';
import { machineTime } from './machine-time.ts';
import type { LoadTestOptions } from './options.ts';
import type { ProcessSampler } from './process-sampler.ts';
import type { PhaseFacts, RunLog } from './run-log.ts';
import type { Stage } from './scenario.ts';
import { unmeasured } from './scenario.ts';
import { CLOSE_OFFSET_MS, everySecond } from './second-clock.ts';

/** A stage and what only the coordinator may do. */
export interface RunningStage extends Stage {
  /** Figures the scenario gave. */
  readonly extra: ReadonlyMap<string, number>;
  /** Ends the traffic; resolves to the files of the chargers' records. */
  finish(): Promise<readonly string[]>;
  /** No more seconds are counted. */
  stop(): void;
}

/** What a stage stands on. */
export interface StagePorts {
  readonly options: LoadTestOptions;
  readonly log: RunLog;
  readonly sampler: ProcessSampler;
  readonly view: LiveView;
  readonly fleet: Fleet;
  readonly broker: BrokerProcesses | undefined;
  readonly commands: CommandBurst | undefined;
}

/** Each process's metrics are scraped this often, another process each second: it costs the process under test some milliseconds. */
const SCRAPE_SECONDS = 10;
/** Chargers must all be connected within the time their dials take, and this. */
const SERVED_SLACK_S = 180;
const POLL_MS = 100;

/** Begins counting seconds. */
export function createStage(ports: StagePorts): RunningStage {
  const { options, log, sampler, view, fleet, broker, commands } = ports;
  const extra = new Map<string, number>();
  let seconds = 0;
  const cancel = everySecond(CLOSE_OFFSET_MS, () => {
    seconds += 1;
    void sampler.scrape({ at: seconds % SCRAPE_SECONDS, of: SCRAPE_SECONDS });
    const stallMs = Math.max(sampler.takeStallMs('edge'), sampler.takeStallMs('worker'));
    const second = log.closeSecond(systemClock.monotonicMs(), sampler.sample(), machineTime(), stallMs);
    view.second(second, options.chargers, sampler.current());
  });
  const orFailure = <T>(work: Promise<T>): Promise<T> => Promise.race([work, fleet.failed]);
  const hold = (holdS: number): Promise<void> => orFailure(sleep(systemClock, holdS * 1000));
  const phase = async (facts: PhaseFacts, work: () => Promise<void>): Promise<void> => {
    await nextSecond(log);
    log.beginPhase(facts, systemClock.monotonicMs());
    await orFailure(work());
    // The last calls of the phase are in the ticks that follow.
    await nextSecond(log);
  };
  const served = async (): Promise<number> => {
    const startMs = systemClock.monotonicMs();
    const limitS = SERVED_SLACK_S + options.chargers / options.connectsPerSecond + options.reconnectSeconds;
    await orFailure(upToDate(log));
    for (;;) {
      const tookS = (systemClock.monotonicMs() - startMs) / 1000;
      const now = log.seconds.at(-1);
      if (now !== undefined && now.served >= options.chargers) return tookS;
      if (tookS > limitS)
        throw new LoadTestError(
          'not-served',
          `${options.chargers - (now?.served ?? 0)} of ${options.chargers} chargers are not served after ${Math.round(tookS)} s`,
        );
      await orFailure(sleep(systemClock, POLL_MS));
    }
  };
  return {
    runS: options.minutes * 60,
    chargers: options.chargers,
    extra,
    broker: () => needed(broker, 'processes of the broker'),
    commands: () => needed(commands, 'NATS'),
    hold,
    phase,
    served,
    ramp: () =>
      phase(unmeasured('ramp'), async () => {
        view.note(`connecting ${options.chargers} chargers`);
        fleet.ramp();
        const tookS = await served();
        extra.set('connectsPerSecond', options.chargers / tookS);
        view.note(`${options.chargers} chargers served after ${tookS.toFixed(1)} s`);
      }),
    settle: () => phase(unmeasured('settle'), () => hold(options.settleSeconds)),
    figure: (name, value) => void extra.set(name, value),
    note: (line) => view.note(line),
    finish: async () => {
      let files: readonly string[] = [];
      await phase(unmeasured('finish'), async () => {
        files = await fleet.finish();
      });
      return files;
    },
    stop: cancel,
  };
}

function needed<T>(part: T | undefined, what: string): T {
  if (part === undefined) throw new LoadTestError('bad-options', `the scenario needs ${what}, which this run has not`);
  return part;
}

/** The newest second knows everything that happened before the call. */
async function upToDate(log: RunLog): Promise<void> {
  const since = log.ticks();
  while (!log.isUpToDate(since)) await sleep(systemClock, POLL_MS);
  await nextSecond(log);
}

async function nextSecond(log: RunLog): Promise<void> {
  const before = log.seconds.length;
  while (log.seconds.length === before) await sleep(systemClock, POLL_MS);
}
