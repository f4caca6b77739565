/** All dashboards, and their files. Pure. */
import { dashboardJson } from './dashboard.ts';
import { CHARGER, FLEET, NATS } from './fleet-dashboards.ts';
import type { Dashboard } from './panel.ts';
import { API, EDGE, WORKER } from './service-dashboards.ts';

/** All dashboards. */
export const DASHBOARDS: readonly Dashboard[] = [FLEET, EDGE, WORKER, API, NATS, CHARGER];

/** Path below deploy/grafana → text. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(DASHBOARDS.map((dashboard) => [`${dashboard.uid}.json`, dashboardJson(dashboard)]));
}
