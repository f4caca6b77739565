/**
 * The two promises chargers feel, their error budgets, and how fast a budget burns. A promise is kept over 30 days; an alert needs
 * a long window (it matters) and a short one (it still goes on) to burn too fast, after the Site Reliability Workbook, chapter 5.
 *
 * A fleet can be quiet: a charger that beats once a day makes one call a day. One failed call among three is no incident, so each alert
 * also wants a number of bad calls within its long window.
 */
import type { Alert, Recording, Severity } from './rule.ts';

/** A promise. */
interface Objective {
  /** Name in series and alerts. */
  readonly series: string;
  readonly alert: string;
  /** Share of calls that may be bad. */
  readonly budget: number;
  /** Rates over 5 minutes, by namespace: bad calls and all of them. */
  readonly bad: string;
  readonly all: string;
  readonly doc: string;
  readonly summary: string;
}

/** A call answered later than this many seconds is slow. It must be a bucket of `edge_call_seconds`, and no whole number, which Prometheus 3 writes differently. */
export const SLOW_CALL_S = 0.25;

const OBJECTIVES: readonly Objective[] = [
  {
    series: 'call_errors',
    alert: 'VoltlaneCallErrorBudget',
    budget: 0.001,
    bad: 'sum by (namespace) (voltlane:edge_calls:rate5m{outcome=~"deadline|overload"})',
    all: 'sum by (namespace) (voltlane:edge_calls:rate5m)',
    doc: 'Share of calls that were refused or not answered within their deadline',
    summary: 'Calls of chargers fail: the budget of 0.1 % in 30 days burns',
  },
  {
    series: 'call_slowness',
    alert: 'VoltlaneCallLatencyBudget',
    budget: 0.01,
    bad: 'voltlane:edge_calls_slow:rate5m',
    all: 'voltlane:edge_calls_timed:rate5m',
    doc: `Share of calls answered later than ${SLOW_CALL_S} s`,
    summary: `Calls of chargers are slow: the budget of 1 % over ${SLOW_CALL_S} s in 30 days burns`,
  },
];

interface Burn {
  readonly speed: 'Fast' | 'Slow';
  readonly severity: Severity;
  readonly for: string;
  readonly pairs: readonly (readonly [factor: number, long: string, short: string])[];
}

/** 14.4 spends 2 % of the budget in an hour, 6 spends 5 % in six hours, 3 and 1 spend 10 % in one and three days. */
const BURNS: readonly Burn[] = [
  {
    speed: 'Fast',
    severity: 'critical',
    for: '2m',
    pairs: [
      [14.4, '1h', '5m'],
      [6, '6h', '30m'],
    ],
  },
  {
    speed: 'Slow',
    severity: 'warning',
    for: '15m',
    pairs: [
      [3, '1d', '2h'],
      [1, '3d', '6h'],
    ],
  },
];

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
/** How often the group of the budgets is evaluated: a sum of rates times this is a count, also while history is shorter than the window. */
export const BUDGET_INTERVAL_S = 30;
/** Bad calls within the long window below which nothing is said. */
const BAD_CALLS_MIN = 10;

/** Rates of bad and of all calls, then their ratio over each window: long windows read the two short series, not every bucket of every pod. */
export const BUDGET_RECORDINGS: readonly Recording[] = OBJECTIVES.flatMap(({ series, bad, all, doc }) => [
  { record: `voltlane:${series}_bad:rate5m`, expr: bad, doc: `Bad calls a second. ${doc}` },
  { record: `voltlane:${series}_all:rate5m`, expr: all, doc: `All calls a second. ${doc}` },
  ...WINDOWS.map((window): Recording => {
    const over = (which: 'bad' | 'all'): string =>
      window === '5m'
        ? `voltlane:${series}_${which}:rate5m`
        : `avg_over_time(voltlane:${series}_${which}:rate5m[${window}])`;
    return {
      record: `voltlane:${series}:ratio_${window}`,
      expr: `${over('bad')} / ${over('all')}`,
      doc: `${doc}, over ${window}`,
    };
  }),
]);

/** A fast and a slow alert for each promise. */
export const BUDGET_ALERTS: readonly Alert[] = OBJECTIVES.flatMap(({ series, alert, budget, summary }) =>
  BURNS.map(({ speed, severity, for: held, pairs }): Alert => {
    const conditions = pairs.map(([factor, long, short]) => {
      const limit = Number((factor * budget).toPrecision(6));
      const badCalls = `sum_over_time(voltlane:${series}_bad:rate5m[${long}]) * ${BUDGET_INTERVAL_S} > ${BAD_CALLS_MIN}`;
      return `(voltlane:${series}:ratio_${long} > ${limit} and voltlane:${series}:ratio_${short} > ${limit} and ${badCalls})`;
    });
    return {
      alert: `${alert}${speed}`,
      expr: conditions.join('\nor\n'),
      for: held,
      severity,
      summary: `${summary}${speed === 'Fast' ? ' fast' : ''}.`,
    };
  }),
);
