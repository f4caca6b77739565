/** What happens in a load test, as a script over a stage. One small file each under `scenarios/`. */

import type { OcppVersion } from '@voltlane/ocpp';
import type { BrokerProcesses } from './broker-processes.ts';
import type { CommandBurst } from './command-burst.ts';
import type { PhaseFacts } from './run-log.ts';
import type { Traffic } from './traffic.ts';

/** A scenario. */
export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** It kills or replaces processes, so the broker must be its own. */
  readonly needsProcesses: boolean;
  /** It sends commands, so it must reach NATS. */
  readonly needsNats: boolean;
  /** Fewest processes it makes sense with; `spareEdges` take the chargers of an edge that is away. */
  readonly edgesMin: number;
  readonly workersMin: number;
  readonly spareEdges: number;
  /** What it does to the usual fleet. */
  readonly traffic: Partial<Traffic>;
  readonly versions: readonly OcppVersion[];
  readonly slowShare: number;
  run(stage: Stage): Promise<void>;
}

/** What most scenarios are like. */
export const PLAIN: Omit<Scenario, 'name' | 'summary' | 'run'> = {
  needsProcesses: false,
  needsNats: false,
  edgesMin: 1,
  workersMin: 1,
  spareEdges: 0,
  traffic: {},
  versions: ['1.6'],
  slowShare: 0,
};

/** What a scenario may do. */
export interface Stage {
  /** Length of the measured part that was asked for, s. */
  readonly runS: number;
  readonly chargers: number;
  /** The broker's processes; only for scenarios that say they need them. */
  broker(): BrokerProcesses;
  /** Connects everybody and waits until all are served; the phase `ramp`. */
  ramp(): Promise<void>;
  /** Lets the first sessions begin; the phase `settle`. */
  settle(): Promise<void>;
  /** Runs `work` as a phase of its own. */
  phase(facts: PhaseFacts, work: () => Promise<void>): Promise<void>;
  hold(seconds: number): Promise<void>;
  /** Waits until every charger has had an answer on its present connection; resolves to the seconds that took. */
  served(): Promise<number>;
  /** Commands to chargers; only for scenarios that say they need NATS. */
  commands(): CommandBurst;
  /** A figure of this scenario's own, for thresholds and the report. */
  figure(name: string, value: number): void;
  note(line: string): void;
}

/** A phase that the run is judged by, without closes. */
export function measured(name: string): PhaseFacts {
  return { name, isMeasured: true, expectsCloses: false };
}

/** A phase in which chargers lose their connections, that the run is judged by. */
export function disrupted(name: string): PhaseFacts {
  return { name, isMeasured: true, expectsCloses: true };
}

/** A phase that is only shown. */
export function unmeasured(name: string): PhaseFacts {
  return { name, isMeasured: false, expectsCloses: false };
}
