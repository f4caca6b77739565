/** Everything about watching that is written by a script and held to it by a test: path from the root of the repository → text. Pure. */
import { dashboardFiles } from './grafana/dashboards.ts';
import type { Catalogue } from './metric-catalogue.ts';
import { metricsPage } from './metrics-page.ts';
import { ruleFiles } from './prometheus/rule-files.ts';

/** The files. */
export function monitoringFiles(catalogue: Catalogue): ReadonlyMap<string, string> {
  return new Map([
    ['docs/metrics.md', metricsPage(catalogue)],
    ...[...ruleFiles()].map(([path, text]) => [`deploy/prometheus/${path}`, text] as const),
    ...[...dashboardFiles()].map(([path, text]) => [`deploy/grafana/${path}`, text] as const),
  ]);
}
