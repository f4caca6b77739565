/** What delegation reports, with closed labels: never a tenant, a charger or an action. */
import type { HandlerSettingsStats } from '@voltlane/registry';
import type { Metrics } from '@voltlane/telemetry';
import type { WorkerMetrics } from '../metrics.ts';
import type { AskOutcome, Heard } from './heard.ts';
import { ASK_OUTCOMES } from './heard.ts';

/** What delegation counts. */
export interface DelegationMetrics {
  /** A call that was delegated is decided. */
  asked(outcome: AskOutcome): void;
  /** A word came back for a parked call. */
  took(kind: Heard['kind'], tookMs: number): void;
  /** A word came for a call that is not waited for, or never came. */
  stale(): void;
  /** A call found no room behind a parked one. */
  refused(): void;
}

/** Declares the metrics; `parked` and `settings` are read at each scrape. */
export function createDelegationMetrics(
  metrics: Metrics,
  worker: Pick<WorkerMetrics, 'refused'>,
  parked: () => number,
  settings: () => HandlerSettingsStats,
): DelegationMetrics {
  const asks = metrics.counter({
    name: 'worker_handler_asks_total',
    help: 'Calls delegated to handlers of users, by how asking ended.',
    labels: { outcome: ASK_OUTCOMES },
  });
  const seconds = metrics.histogram({
    name: 'worker_handler_seconds',
    help: 'Time from a question to the reply of a handler.',
    buckets: [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  });
  const stale = metrics.counter({
    name: 'worker_handler_stale_total',
    help: 'Replies of handlers whose call is not waited for any more, and calls whose reply went astray.',
  });
  metrics.readGauge({
    name: 'worker_handler_calls_parked',
    help: 'Calls that wait for a handler.',
    read: parked,
  });
  metrics.readGauge({
    name: 'worker_handler_tenants',
    help: 'Tenants that have handlers.',
    read: () => settings().tenants,
  });
  metrics.readCounter({
    name: 'worker_handler_settings_unusable_total',
    help: 'Settings of handlers that could not be read, or were of more tenants than are kept.',
    read: () => settings().unreadable + settings().beyondBound,
  });
  const took = seconds.of({});
  const staleChild = stale.of({});
  return {
    asked: (outcome) => asks.of({ outcome }).add(),
    took: (kind, tookMs) => {
      if (kind !== 'noHandler' && kind !== 'timeout' && kind !== 'full') took.observe(tookMs / 1000);
    },
    stale: () => staleChild.add(),
    refused: () => worker.refused('full'),
  };
}
