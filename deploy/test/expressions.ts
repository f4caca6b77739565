/** Every expression we ship: of rules, of alerts, of dashboards. */
import { DASHBOARDS } from '../src/grafana/dashboards.ts';
import { RECORDINGS } from '../src/prometheus/recordings.ts';
import { ALERTS } from '../src/prometheus/rule-files.ts';

/** An expression and where it stands. */
export interface Expression {
  readonly place: string;
  readonly expr: string;
}

/** Grafana fills this in: no PromQL until then. */
const DASHBOARD_INTERVAL = '$__rate_interval';

/** Of recording rules. */
export const RECORDED: readonly Expression[] = RECORDINGS.flatMap(({ rules }) =>
  rules.map(({ record, expr }) => ({ place: record, expr })),
);

/** Of alerts. */
export const ALERTING: readonly Expression[] = ALERTS.flatMap(({ rules }) =>
  rules.map(({ alert, expr }) => ({ place: alert, expr })),
);

/** Of dashboards. */
export const SHOWN: readonly Expression[] = DASHBOARDS.flatMap(({ uid, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.kind === 'stat' || panel.kind === 'timeseries'
        ? panel.queries.map(({ expr }) => ({
            place: `${uid}: ${panel.title}`,
            expr: expr.replaceAll(DASHBOARD_INTERVAL, '5m').replaceAll('$namespace', '.*'),
          }))
        : [],
    ),
  ),
);
