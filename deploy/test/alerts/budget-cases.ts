import { type AlertCase, growing } from './alert-case.ts';

const calls = (outcome: string): string =>
  `voltlane_edge_calls_total{namespace="v",instance="a",action="Heartbeat",outcome="${outcome}"}`;
const count = 'voltlane_edge_call_seconds_count{namespace="v",instance="a"}';
const quick = 'voltlane_edge_call_seconds_bucket{namespace="v",instance="a",le="0.25"}';

/** So many calls a minute fail of a thousand, from the beginning. */
const failing = (perMinute: number, minutes: number) => ({
  [calls('result')]: growing(1000 - perMinute, minutes),
  [calls('deadline')]: growing(perMinute, minutes),
});
const slow = (perMinute: number, minutes: number) => ({
  [count]: growing(1000, minutes),
  [quick]: growing(1000 - perMinute, minutes),
});
/** Fails for twenty minutes, then all is well: the long window still burns, the short one does not. */
const over = { [calls('result')]: growing(980, 90), [calls('deadline')]: `0+20x20 400+0x70` };
/** A quiet fleet: a call every ten minutes, one of them fails. */
const sparse = { [calls('result')]: '0+0x9 1+0x9 1+0x9 2+0x30', [calls('deadline')]: '0+0x20 1+0x40' };

/** Cases of budget.ts. */
export const BUDGET_CASES: readonly AlertCase[] = [
  { alert: 'VoltlaneCallErrorBudgetFast', fires: failing(20, 90), quiet: over, at: '1h' },
  { alert: 'VoltlaneCallErrorBudgetSlow', fires: failing(2, 90), quiet: sparse, at: '1h' },
  { alert: 'VoltlaneCallLatencyBudgetFast', fires: slow(200, 90), quiet: slow(50, 90), at: '1h' },
  { alert: 'VoltlaneCallLatencyBudgetSlow', fires: slow(20, 90), quiet: slow(9, 90), at: '1h' },
];
