/** One run: start everything, break things in the order of the seed, end cleanly, hold the journal against the chargers. */

import { checkAcknowledged, checkHistory, machineFacts } from '@voltlane/testkit';
import { createSeededRandom, sleep, systemClock } from '@voltlane/time';
import type { BrokerCluster, ClusterSize } from './broker-cluster.ts';
import { startBrokerCluster } from './broker-cluster.ts';
import type { FaultKind } from './fault-kind.ts';
import type { FaultOutcome } from './fault-outcome.ts';
import { inflict } from './faults.ts';
import type { ProbeFleet } from './probes.ts';
import { startProbes } from './probes.ts';
import type { ChaosReport, HistoryFigures } from './report.ts';
import { faultOrder } from './schedule.ts';
import type { SessionFleet } from './sessions.ts';
import { startSessions } from './sessions.ts';
import type { Tally } from './tally.ts';
import { createTally } from './tally.ts';

/** What to run. */
export interface ChaosOptions extends ClusterSize {
  readonly seed: number;
  /** Faults come until this long after the first; at least every kind comes once. */
  readonly minutes: number;
  /** Chargers that run sessions. */
  readonly chargers: number;
  /** Light chargers that call at a fixed rate, one per partition. */
  readonly probes: number;
  /** Calls of all probes together. */
  readonly callsPerSecond: number;
  readonly kinds: readonly FaultKind[];
}

/** Between two faults, ms. */
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_SPREAD = 2_000;

/** Runs it; rejects only when the broker could not be started. */
export async function runChaos(options: ChaosOptions, progress: (line: string) => void): Promise<ChaosReport> {
  const machine = await machineFacts();
  const startedMs = systemClock.monotonicMs();
  const say = (line: string): void =>
    progress(`${((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const cluster = await startBrokerCluster(options, say);
  try {
    await cluster.healthy();
    const tally = createTally();
    const edgeUrls = cluster.edges.map(({ ocppUrl }) => ocppUrl);
    say(`connecting ${options.chargers} chargers and ${options.probes} probes`);
    const fleetOptions = { seed: options.seed, edgeUrls, tally };
    const sessions = await startSessions({ ...fleetOptions, chargers: options.chargers });
    const probes = await startProbes({
      ...fleetOptions,
      count: options.probes,
      callsPerSecond: options.callsPerSecond,
    });
    const run: Run = { options, cluster, tally, sessions, probes, startedMs, say, problems: [] };
    const quiet = await quietLoad(run);
    const outcomes = await faults(run);
    const history = await finalCheck(run);
    const problems = [...outcomes.flatMap((outcome) => labelled(outcome)), ...run.problems];
    const seconds = (systemClock.monotonicMs() - startedMs) / 1000;
    return {
      options,
      machine,
      seconds,
      quiet,
      outcomes,
      history,
      seen: tally.now(),
      examples: tally.examples(),
      problems,
      loadAverageAfter: (await machineFacts()).loadAverage,
    };
  } finally {
    say('stopping');
    await cluster.stop();
  }
}

interface Run {
  readonly options: ChaosOptions;
  readonly cluster: BrokerCluster;
  readonly tally: Tally;
  readonly sessions: SessionFleet;
  readonly probes: ProbeFleet;
  readonly startedMs: number;
  readonly say: (line: string) => void;
  readonly problems: string[];
}

/** What the load looks like while nothing is broken. */
const QUIET_MS = 3_000;
const WARM_UP_MS = 2_000;

async function quietLoad({ probes }: Run): Promise<ChaosReport['quiet']> {
  await sleep(systemClock, WARM_UP_MS);
  const end = probes.measure();
  await sleep(systemClock, QUIET_MS);
  const { callsPerSecond, latenciesMs } = end();
  return { callsPerSecond, latenciesMs };
}

async function faults(run: Run): Promise<readonly FaultOutcome[]> {
  const { options, say, problems } = run;
  const random = createSeededRandom(options.seed);
  const outcomes: FaultOutcome[] = [];
  const fromMs = systemClock.monotonicMs();
  for (const kind of faultOrder(options.kinds, random)) {
    const spentMs = systemClock.monotonicMs() - fromMs;
    if (outcomes.length >= options.kinds.length && spentMs >= options.minutes * 60_000) break;
    await sleep(systemClock, PAUSE_MS_MIN + random.next() * PAUSE_MS_SPREAD);
    say(`fault ${outcomes.length + 1}: ${kind}`);
    try {
      const outcome = await inflict(kind, { ...run, random });
      outcomes.push(outcome);
      for (const problem of outcome.problems) say(`  PROBLEM: ${problem}`);
      const longest = outcome.timesMs.reduce((most, one) => Math.max(most, one), 0);
      say(`  ${outcome.target}: longest ${Math.round(longest)} ms; ${outcome.notes.join('; ')}`);
    } catch (error) {
      problems.push(`the run broke off at ${kind}: ${textOf(error)}`);
      return outcomes;
    }
  }
  return outcomes;
}

async function finalCheck(run: Run): Promise<HistoryFigures> {
  const { cluster, sessions, probes, say, problems } = run;
  say('ending all sessions');
  const records = await sessions.finish();
  const unanswered = await probes.finish();
  if (unanswered > 0) problems.push(`${unanswered} calls of probes were never answered`);
  const undelivered = records.filter(({ outcome }) => outcome !== 'completed' && outcome !== 'refused');
  for (const { chargerId, problem } of undelivered)
    problems.push(`${chargerId}: a session ended undelivered: ${problem}`);
  say('reading the journal');
  try {
    const history = await cluster.observer.history();
    const acknowledged = probes.acknowledged();
    const found = [...checkHistory(history, records), ...checkAcknowledged(history, acknowledged)];
    problems.push(...found);
    return {
      records: history.length,
      events: history.reduce((sum, { record }) => sum + record.events.length, 0),
      sessions: records.length,
      completed: records.filter(({ outcome }) => outcome === 'completed').length,
      refused: records.filter(({ outcome }) => outcome === 'refused').length,
      transactionMessages: records.reduce((sum, { messages }) => sum + messages.length, 0),
      acknowledged: [...acknowledged.values()].reduce((sum, list) => sum + list.length, 0),
      unanswered,
      found: found.length,
    };
  } catch (error) {
    problems.push(`the journal could not be read: ${textOf(error)}`);
    return NOTHING_READ;
  }
}

const NOTHING_READ: HistoryFigures = {
  records: 0,
  events: 0,
  sessions: 0,
  completed: 0,
  refused: 0,
  transactionMessages: 0,
  acknowledged: 0,
  unanswered: 0,
  found: 0,
};

function labelled({ kind, target, atS, problems }: FaultOutcome): readonly string[] {
  return problems.map((problem) => `${kind} of ${target} at ${atS.toFixed(0)} s: ${problem}`);
}

/** The error with what caused it: a process that is not ready says why in the cause. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message.trim()} (${error.cause.message})` : error.message;
}
