/** Options of the edge: the sockets of chargers. Every queue and wait has its bound here. */
import { integer, oneOf, port } from '../kind.ts';
import type { OptionGroup } from '../option.ts';
import { DEFAULT_HOST_DOC, defaultHost, host } from './shared.ts';

/** What the edge does with a charger that offers no known subprotocol. */
export type NoSubprotocol = 'reject' | 'close' | 'assume:1.6' | 'assume:2.0.1' | 'assume:2.1';

/** Options only the edge has. */
export interface EdgeOptions {
  readonly ocppHost: string;
  readonly ocppPort: number;
  readonly edgeHealthPort: number;
  readonly connectionsMax: number;
  readonly upgradesPerSecond: number;
  readonly upgradesBurstMax: number;
  readonly attachesMax: number;
  readonly handshakeTimeoutMs: number;
  readonly noSubprotocol: NoSubprotocol;
  readonly compression: 'off' | 'offered';
  readonly strictness: 'strict' | 'lenient';
  readonly frameBytesMax: number;
  readonly inboundQueueCallsMax: number;
  readonly outboundBytesMax: number;
  readonly pendingCallsMax: number;
  readonly pingIntervalMs: number;
  readonly idleTimeoutMs: number;
  readonly callDeadlineMs: number;
  readonly callResendMs: number;
  readonly busLostGraceMs: number;
  readonly drainPerSecond: number;
  readonly drainCloseCode: '1001' | '1012';
}

/** The edge group as data. */
export const edgeOptions: OptionGroup<EdgeOptions> = {
  ocppHost: {
    kind: host,
    defaultFrom: defaultHost,
    defaultDoc: DEFAULT_HOST_DOC,
    doc: 'Where chargers connect.',
  },
  ocppPort: { kind: port, default: 9000, doc: 'Port for chargers: `ws://<host>:<port>/ocpp/<chargerId>`.' },
  edgeHealthPort: { kind: port, default: 9001, doc: 'Port of the edge’s `/healthz`, `/readyz` and `/metrics`.' },
  connectionsMax: {
    kind: integer(1, 1_000_000),
    default: 20_000,
    doc: 'Sockets one edge holds. One more gets 503 with `Retry-After`.',
  },
  upgradesPerSecond: {
    kind: integer(1, 100_000),
    default: 2_000,
    doc: 'Rate of new sockets. Above it: 503 with `Retry-After`, before authentication.',
  },
  upgradesBurstMax: {
    kind: integer(1, 100_000),
    default: 4_000,
    doc: 'New sockets admitted at once before `upgradesPerSecond` counts.',
  },
  attachesMax: {
    kind: integer(1, 100_000),
    default: 32,
    doc: 'Sessions on their way to their actors at once, fewer (down to 8) while that takes longer than 150 ms; further handshakes wait up to 8 s, then 503. Keeps a wave of reconnects from delaying the chargers that are there.',
  },
  handshakeTimeoutMs: {
    kind: integer(100, 120_000),
    default: 10_000,
    doc: 'From the connection to the finished upgrade; then the connection is dropped.',
  },
  noSubprotocol: {
    kind: oneOf(['reject', 'close', 'assume:1.6', 'assume:2.0.1', 'assume:2.1']),
    default: 'reject',
    doc: 'A charger that offers no known subprotocol: refuse with 400, upgrade then close with 1002, or assume a version.',
  },
  compression: {
    kind: oneOf(['off', 'offered']),
    default: 'off',
    doc: 'permessage-deflate: never, or when the charger offers it. It costs memory and CPU per socket.',
  },
  strictness: {
    kind: oneOf(['strict', 'lenient']),
    default: 'strict',
    doc: 'Payloads that break their schema: answer with the error, or mend what can be mended, count it and go on.',
  },
  frameBytesMax: {
    kind: integer(1_024, 8_388_608),
    default: 262_144,
    doc: 'Largest frame a charger may send; a larger one closes the socket with 1009.',
  },
  inboundQueueCallsMax: {
    kind: integer(1, 1_024),
    default: 16,
    doc: 'Calls of one charger that wait behind its unanswered one; at the bound the socket is not read further.',
  },
  outboundBytesMax: {
    kind: integer(16_384, 67_108_864),
    default: 1_048_576,
    doc: 'Unsent bytes of one socket; above it the socket is closed as too slow.',
  },
  pendingCallsMax: {
    kind: integer(16, 1_000_000),
    default: 50_000,
    doc: 'Calls of one edge without a reply yet; at the bound a call gets InternalError at once and the charger tries again.',
  },
  pingIntervalMs: {
    kind: integer(0, 3_600_000),
    default: 45_000,
    doc: 'Silence after which the edge pings a charger; 0 never pings.',
  },
  idleTimeoutMs: {
    kind: integer(1_000, 86_400_000),
    default: 150_000,
    doc: 'Silence (no frame, ping or pong) after which a socket counts as dead and is closed.',
  },
  callDeadlineMs: {
    kind: integer(100, 600_000),
    default: 25_000,
    doc: 'How long a charger’s call may wait for the actor’s answer; then it gets an error. Chargers give up after 30 s or more.',
  },
  callResendMs: {
    kind: integer(50, 60_000),
    default: 1_000,
    doc: 'How long the edge waits for the reply before it sends the call to the worker again.',
  },
  busLostGraceMs: {
    kind: integer(0, 3_600_000),
    default: 120_000,
    doc: 'How long sockets are kept while the bus is away. New ones get 503 at once.',
  },
  drainPerSecond: {
    kind: integer(1, 100_000),
    default: 500,
    doc: 'Sockets closed per second while the edge stops, so that chargers come back in a slope and not in a wall. More when the deadline asks for it.',
  },
  drainCloseCode: {
    kind: oneOf(['1001', '1012']),
    default: '1001',
    doc: 'Close code while the edge stops: 1001 (going away) or 1012 (service restart).',
  },
};
