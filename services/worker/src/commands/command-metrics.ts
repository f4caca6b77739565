/** What the commands of a worker report. Closed labels only. */
import type { CommandOutcome, CommandProblemCode } from '@voltlane/commands';
import { COMMAND_OUTCOMES, COMMAND_PROBLEMS, type CommandClientStats } from '@voltlane/commands';
import type { Metrics } from '@voltlane/telemetry';
import { traceIdOf } from '@voltlane/telemetry';

/** Figures of commands. */
export interface CommandMetrics {
  /** A command has ended, this long after it was asked for. `traceparent` of a traced one makes its trace the exemplar of its time. */
  ended(outcome: CommandOutcome, tookMs: number, traceparent?: string): void;
  refused(code: CommandProblemCode): void;
  /** A CALL was given to the edge again. */
  sentAgain(): void;
  /** The edge reported on a CALL nobody waits for. */
  staleAnswer(): void;
  /** A connection was given up because commands were not answered. */
  unresponsive(): void;
  /** The entry of an ended command could not be dropped; it is tried again. */
  dropFailed(): void;
  /** Open commands could not be listed; tried again. */
  recoveryFailed(): void;
}

/** Levels read at each scrape. */
export interface CommandLevels {
  readonly open: () => number;
  readonly front: () => CommandClientStats;
}

/** Declares the metrics. */
export function createCommandMetrics(metrics: Metrics, levels: CommandLevels): CommandMetrics {
  const outcomes = metrics.counter({
    name: 'worker_commands_total',
    help: 'Commands ended, by outcome.',
    labels: { outcome: COMMAND_OUTCOMES },
  });
  const seconds = metrics
    .histogram({
      name: 'worker_command_seconds',
      help: 'Time from the request of a command to the answer of its charger.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    })
    .of({});
  const refusals = metrics.counter({
    name: 'worker_commands_refused_total',
    help: 'Requests for commands refused, by reason.',
    labels: { reason: Object.keys(COMMAND_PROBLEMS) },
  });
  const plain = (name: string, help: string): { add(): void } => metrics.counter({ name, help }).of({});
  const sentAgain = plain('worker_command_sends_repeated_total', 'CALLs given to the edge again.');
  const stale = plain('worker_stale_answers_total', 'Answers to CALLs nobody waits for.');
  const unresponsive = plain('worker_chargers_unresponsive_total', 'Connections closed for want of answers.');
  const dropFailures = plain('worker_command_drop_failures_total', 'Entries of ended commands that stayed.');
  const recoveryFailures = plain('worker_command_recovery_failures_total', 'Failed listings of open commands.');
  metrics.readGauge({
    name: 'worker_commands_open',
    help: 'Open commands with their payload in memory.',
    read: levels.open,
  });
  metrics.readGauge({
    name: 'worker_command_requests',
    help: 'Requests over NATS this worker brings to the owners.',
    read: () => levels.front().inFlight,
  });
  metrics.readCounter({
    name: 'worker_command_requests_unreached_total',
    help: 'Requests whose owner could not be reached in time.',
    read: () => levels.front().unreached,
  });
  return {
    ended: (outcome, tookMs, traceparent) => {
      outcomes.of({ outcome }).add();
      if (outcome !== 'accepted' && outcome !== 'rejected') return;
      seconds.observe(tookMs / 1000, traceparent === undefined ? undefined : traceIdOf(traceparent));
    },
    refused: (reason) => refusals.of({ reason }).add(),
    sentAgain: () => sentAgain.add(),
    staleAnswer: () => stale.add(),
    unresponsive: () => unresponsive.add(),
    dropFailed: () => dropFailures.add(),
    recoveryFailed: () => recoveryFailures.add(),
  };
}
