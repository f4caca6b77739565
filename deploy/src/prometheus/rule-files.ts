/** The rules as files: for Prometheus itself, and as the PrometheusRule of its operator. Pure. */
import { stringify } from 'yaml';
import { BUDGET_ALERTS } from './budget.ts';
import { EDGE_ALERTS } from './edge-alerts.ts';
import { PROCESS_ALERTS } from './process-alerts.ts';
import { RECORDINGS } from './recordings.ts';
import { type Alert, type RuleGroup, runbookUrl } from './rule.ts';
import { SURROUNDINGS_ALERTS } from './surroundings-alerts.ts';
import { WORKER_ALERTS } from './worker-alerts.ts';

/** All alerts. */
export const ALERTS: readonly RuleGroup<Alert>[] = [
  { name: 'voltlane-process-alerts', rules: PROCESS_ALERTS },
  { name: 'voltlane-edge-alerts', rules: EDGE_ALERTS },
  { name: 'voltlane-budget-alerts', rules: BUDGET_ALERTS },
  { name: 'voltlane-worker-alerts', rules: WORKER_ALERTS },
  { name: 'voltlane-surroundings-alerts', rules: SURROUNDINGS_ALERTS },
];

const HEADER = '# Written by `npm run docs` from deploy/src/prometheus; change it there.\n';

function recordingGroups(): readonly object[] {
  return RECORDINGS.map(({ name, intervalS, rules }) => ({
    name,
    ...(intervalS === undefined ? {} : { interval: `${intervalS}s` }),
    rules: rules.map(({ record, expr }) => ({ record, expr })),
  }));
}

function alertGroups(): readonly object[] {
  return ALERTS.map(({ name, rules }) => ({
    name,
    rules: rules.map(({ alert, expr, for: held, severity, summary }) => ({
      alert,
      expr,
      for: held,
      labels: { severity },
      annotations: { summary, runbook_url: runbookUrl(alert) },
    })),
  }));
}

function yaml(content: object): string {
  return HEADER + stringify(content, { lineWidth: 0 });
}

/** Path below deploy/prometheus → text. */
export function ruleFiles(): ReadonlyMap<string, string> {
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'voltlane', labels: { 'app.kubernetes.io/part-of': 'voltlane' } },
    spec: { groups: [...recordingGroups(), ...alertGroups()] },
  };
  return new Map([
    ['rules/voltlane-recordings.yml', yaml({ groups: recordingGroups() })],
    ['rules/voltlane-alerts.yml', yaml({ groups: alertGroups() })],
    ['kubernetes/prometheus-rule.yml', yaml(resource)],
  ]);
}
