/** Public face of `@voltlane/edge`. */
export type { AcceptedSocket, SocketPort } from './connection.ts';
export { edge } from './definition.ts';
export { TELL_WITHIN } from './drain.ts';
export { type Edge, STOP_SHARE } from './edge.ts';
export { EDGE_ERROR_CODES, EdgeError, type EdgeErrorCode } from './errors.ts';
export type { Listen, Listener, ListenerPorts } from './listener.ts';
export { type EdgeDeps, startEdge } from './start-edge.ts';
export { checkUpgrade, type UpgradeRequest } from './upgrade.ts';
