import { describe, expect, it } from 'vitest';
import type { FaultOutcome } from '../src/fault-outcome.ts';
import type { ChaosReport } from '../src/report.ts';
import { figuresByKind, reportJson, reportMarkdown } from '../src/report.ts';
import { createTally } from '../src/tally.ts';

const seen = createTally().now();

function outcome(timesMs: readonly number[], more: Partial<FaultOutcome> = {}): FaultOutcome {
  const figures = {
    unserved: 0,
    callsPerSecond: 100,
    healthyAfterMs: 10,
    electedAfterMs: undefined,
    seen,
    problems: [],
    notes: [],
  };
  return { kind: 'worker-kill', target: 'worker 1', atS: 1, timesMs, ...figures, ...more };
}

function report(outcomes: readonly FaultOutcome[], problems: readonly string[]): ChaosReport {
  return {
    options: {
      seed: 1,
      minutes: 1,
      chargers: 1,
      probes: 1,
      callsPerSecond: 1,
      edges: 3,
      workers: 3,
      nats: 3,
      kinds: [],
    },
    machine: { cpu: 'CPU', cores: 2, memoryGiB: 24, node: 'v24', natsServer: 'v2', loadAverage: [1] },
    seconds: 60,
    quiet: { callsPerSecond: 1, latenciesMs: [1] },
    outcomes,
    history: {
      records: 1,
      events: 1,
      sessions: 1,
      completed: 1,
      refused: 0,
      transactionMessages: 1,
      acknowledged: 1,
      unanswered: 0,
      found: 0,
    },
    seen,
    examples: [],
    problems,
    loadAverageAfter: [1],
  };
}

describe('the report', () => {
  it('puts the times of all faults of a kind together and holds p99 against the target', () => {
    expect(figuresByKind([outcome([100, 200]), outcome([300])])).toMatchObject([
      { kind: 'worker-kill', faults: 2, times: { count: 3, p50: 200, max: 300 }, met: true },
    ]);
    expect(figuresByKind([outcome([100, 9_000])])).toMatchObject([{ met: false }]);
  });

  it('says that promises held, or which did not', () => {
    expect(reportMarkdown(report([outcome([100])], []))).toMatch(/Verdict: every promise held/);
    const broken = reportMarkdown(
      report(
        [],
        Array.from({ length: 50 }, (_, number) => `problem ${number}`),
      ),
    );
    expect(broken).toMatch(/Verdict: 50 broken promises/);
    expect(broken).toMatch(/and 10 more/);
  });

  it('tells the election of NATS from what came after it', () => {
    const killed = outcome([40, 5_200], { kind: 'nats-kill', electedAfterMs: 5_000 });
    expect(reportMarkdown(report([killed], []))).toMatch(/after 5000 to 5000 ms; .* at most 200 ms after/);
    expect(reportMarkdown(report([outcome([1])], []))).not.toMatch(/elected/);
  });

  it('is valid JSON with figures instead of single times', () => {
    const parsed: unknown = JSON.parse(reportJson(report([outcome([100, 200])], [])));
    expect(parsed).toMatchObject({ kinds: [{ kind: 'worker-kill' }], outcomes: [{ times: { count: 2, max: 200 } }] });
  });
});
