/** What a load test is asked to do, after the command line has been read. */

import type { OcppVersion } from '@voltlane/ocpp';
import type { Niceness } from './broker-processes.ts';
import type { Scenario } from './scenario.ts';
import type { Assertion } from './thresholds.ts';
import type { Traffic } from './traffic.ts';

/** Options of a run. What is undefined follows from the number of chargers (`sizing.ts`) or from the scenario. */
export interface LoadTestOptions {
  readonly chargers: number;
  readonly scenario: Scenario;
  /** Length of the measured part. */
  readonly minutes: number;
  readonly edges: number | undefined;
  readonly workers: number | undefined;
  /** Generator processes on this machine; `remote`: on the machines that join. */
  readonly generators: number | 'remote' | undefined;
  /** Agents to wait for when generators are remote. */
  readonly agents: number;
  /** `ws://…/ocpp` of a running broker; empty: start one. */
  readonly target: readonly string[];
  /** NATS of the running broker. */
  readonly nats: readonly string[];
  readonly subjectPrefix: string;
  /** Copies of each record in the running broker's journal. */
  readonly replicas: number;
  /** Read the journal at the end and hold it against the chargers. */
  readonly journal: boolean;
  readonly traffic: Traffic;
  readonly versions: readonly OcppVersion[];
  readonly slowShare: number;
  readonly connectsPerSecond: number;
  readonly reconnectSeconds: number;
  readonly settleSeconds: number;
  /** Address of this machine that the others reach. */
  readonly address: string;
  readonly portsFrom: number;
  /** More settings for edges and workers. */
  readonly env: Readonly<Record<string, string>>;
  /** Edges and workers run what `npm run build` made. */
  readonly compiled: boolean;
  readonly profileDir: string | undefined;
  /** Of the processes that run on this machine. */
  readonly niceness: Niceness;
  /** µs; 0: the kernel's. */
  readonly natsTimerSlackUs: number;
  readonly seed: number;
  /** Folder for the reports. */
  readonly out: string;
  readonly assertions: readonly Assertion[];
  /** As typed, for the report. */
  readonly commandLine: string;
}
