/** What rules are made of. Rules are data: files, tests, dashboards and runbooks are held against the same list. */

/** A series that Prometheus computes and keeps. Named `level:metric:operation`, as its own guide has it. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly doc: string;
}

/** `critical` wakes somebody up: chargers are harmed now. `warning` can wait for the morning. */
export type Severity = 'critical' | 'warning';

/** A condition somebody is told of. Its runbook is the section of docs/operations.md that has its name. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold. */
  readonly for: string;
  readonly severity: Severity;
  /** One line, may name labels. */
  readonly summary: string;
}

/** Rules that are evaluated together, in this order. */
export interface RuleGroup<R extends Recording | Alert> {
  readonly name: string;
  /** Seconds between evaluations, where rules count on it; else the global interval. */
  readonly intervalS?: number;
  readonly rules: readonly R[];
}

/** All services of the broker; selects their series among those of other Node processes. */
export const OURS = 'service=~"edge|worker|api"';

/** Where runbooks are; put your own place of the documentation before it. */
const RUNBOOKS = 'docs/operations.md';

/** Address of the runbook of an alert. */
export function runbookUrl(alert: string): string {
  return `${RUNBOOKS}#${alert.toLowerCase()}`;
}
