/** How a process runs the edge, alone or with others. */
import type { ConfigOf } from '@voltlane/config';
import type { ServiceDefinition } from '@voltlane/launch';
import type { Edge } from './edge.ts';
import { startEdge } from './start-edge.ts';

/** The edge as `runService` and the broker take it. */
export const edge: ServiceDefinition<ConfigOf<'edge'>, Edge> = {
  name: 'edge',
  health: (config) => ({ host: config.healthHost, port: config.edgeHealthPort }),
  start: startEdge,
};
