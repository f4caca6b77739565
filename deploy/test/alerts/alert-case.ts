/** When an alert must fire and when it must not: series fed to `promtool test rules`, one sample a minute. */

/** Series in the notation of promtool: `0+1x10` is 0 to 10 in steps of 1, `5+0x10` eleven times 5. */
export type Series = Readonly<Record<string, string>>;

/** Both sides of one alert. The quiet one stays just below a condition. */
export interface AlertCase {
  readonly alert: string;
  readonly fires: Series;
  readonly quiet: Series;
  /** When to look; default `DEFAULT_AT`. */
  readonly at?: string;
}

/** Late enough for most: 30 minutes of samples. */
export const DEFAULT_AT = '30m';

/** Goes on at one value for the time most cases run, or another number of minutes. */
export function steady(value: number, minutes = 60): string {
  return `${value}+0x${minutes}`;
}

/** Grows by so much a minute. */
export function growing(perMinute: number, minutes = 60): string {
  return `0+${perMinute}x${minutes}`;
}

/** Stands still for some minutes, then at another value. */
export function stepped(before: number, minutes: number, after: number): string {
  return `${before}+0x${minutes} ${after}+0x60`;
}

/** What promtool reads: two tests in one file. JSON is YAML. */
export function promtoolFile(rules: readonly string[], { alert, fires, quiet, at = DEFAULT_AT }: AlertCase): string {
  const test = (name: string, series: Series, firing: number): object => ({
    name: `${alert} ${name}`,
    interval: '1m',
    input_series: Object.entries(series).map(([text, values]) => ({ series: text, values })),
    promql_expr_test: [
      {
        expr: `(count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0)) > bool 0`,
        eval_time: at,
        exp_samples: [{ labels: '{}', value: firing }],
      },
    ],
  });
  return JSON.stringify({
    rule_files: rules,
    evaluation_interval: '1m',
    tests: [test('fires', fires, 1), test('is quiet', quiet, 0)],
  });
}
