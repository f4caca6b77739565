/** Starts an edge from what every process of the broker has. Composition only. */
import type { Bus } from '@voltlane/bus';
import type { ConfigOf } from '@voltlane/config';
import type { ClusterSettings, Registry } from '@voltlane/registry';
import type { Telemetry, Tracing } from '@voltlane/telemetry';
import type { Clock, Random } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import type { Edge } from './edge.ts';
import { runEdge } from './edge.ts';
import type { Listen } from './listener.ts';
import { createLookup } from './lookup.ts';
import { createEdgeMetrics } from './metrics.ts';
import { EdgeSpans } from './spans.ts';

/** What an edge is given. */
export interface EdgeDeps {
  readonly config: ConfigOf<'edge'>;
  readonly bus: Bus;
  readonly registry: Pick<Registry, 'charger'>;
  readonly settings: Pick<ClusterSettings, 'partitions'>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly tracing?: Tracing | undefined;
  /** How chargers come in; default: a listening port. */
  readonly listen?: Listen;
}

/** Starts an edge; rejects with EdgeError when it cannot listen or its frames do not fit the bus. */
export const startEdge = async (deps: EdgeDeps): Promise<Edge> => {
  const { config, bus, registry, settings, subjects, clock, random, telemetry } = deps;
  const metrics = createEdgeMetrics(telemetry.metrics);
  const lookup = createLookup(registry, config.strictness);
  const { partitions } = settings;
  const spans = deps.tracing === undefined ? undefined : new EdgeSpans(deps.tracing, clock);
  const parts = { config, bus, lookup, partitions, subjects, clock, random, log: telemetry.log, metrics, spans };
  const edge = await runEdge(deps.listen === undefined ? parts : { ...parts, listen: deps.listen });
  metrics.show({
    connectionsMax: config.connectionsMax,
    connections: () => edge.connections(),
    sessions: () => edge.sessions(),
    pending: () => edge.pending(),
    handshakesWaiting: () => edge.handshakesWaiting(),
    attachLimit: () => edge.attachLimit(),
    traces: () => edge.traces(),
  });
  return edge;
};
