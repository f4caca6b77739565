/** Public face of `@voltlane/edge`. */
export { edge } from './definition.ts';
export type { Edge } from './edge.ts';
export { EDGE_ERROR_CODES, EdgeError, type EdgeErrorCode } from './errors.ts';
export { type EdgeDeps, startEdge } from './start-edge.ts';
