/**
 * The port chargers connect to: an HTTP server that only knows upgrades. Owns the sockets until their handshake is decided;
 * everything later belongs to `socket.ts`. A refusal is a whole HTTP response, after which the socket is destroyed.
 */

import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { readChargerPath } from './charger-path.ts';
import type { AcceptedSocket } from './connection.ts';
import { EdgeError } from './errors.ts';
import type { EdgeMetrics } from './metrics.ts';
import type { Refusal } from './refusal.ts';
import { refusal, refusalText } from './refusal.ts';
import type { OnRefused } from './refusal-log.ts';
import type { SocketServer } from './socket.ts';
import type { AcceptedUpgrade, UpgradeContext, UpgradeRequest } from './upgrade.ts';
import { checkUpgrade } from './upgrade.ts';

/** What the listener works with. */
export interface ListenerPorts {
  readonly context: UpgradeContext;
  readonly sockets: SocketServer;
  readonly metrics: EdgeMetrics;
  /** A handshake is through; must set `socket.connection` before it returns. */
  readonly onAccepted: (accepted: AcceptedUpgrade, socket: AcceptedSocket, remoteAddress: string) => void;
  readonly onRefused: OnRefused;
  /** A handshake is under way, or no longer: they count as sockets. */
  readonly onUpgrading: (delta: 1 | -1) => void;
}

/** Limits of the listener. */
export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly handshakeTimeoutMs: number;
  readonly connectionsMax: number;
  readonly trustProxy: boolean;
}

/** A listening port. */
export interface Listener {
  readonly address: AddressInfo;
  /** Takes no new connections; open sockets stay. */
  stop(): void;
}

/** Starts a listener: `startListener`, or what stands in for it where there is no network. */
export type Listen = (ports: ListenerPorts, options: ListenerOptions) => Promise<Listener>;

/** A request head is a line and a dozen headers; certificates never travel here. */
const HEADER_BYTES_MAX = 8_192;
/** Connections beyond `connectionsMax` that may be open to be told 503. */
const REFUSAL_CONNECTIONS_MAX = 1_024;
const BACKLOG = 4_096;

/** Listens. Rejects with EdgeError `listen-failed`. */
export const startListener: Listen = async (ports, options) => {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: options.handshakeTimeoutMs,
    requestTimeout: options.handshakeTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, options.handshakeTimeoutMs),
    keepAliveTimeout: 1,
  });
  server.maxConnections = options.connectionsMax + REFUSAL_CONNECTIONS_MAX;
  server.on('request', (request, response) => {
    const refused =
      readChargerPath(request.url ?? '').kind === 'elsewhere'
        ? refusal(404, 'path')
        : refusal(426, 'handshake', { Upgrade: 'websocket' });
    ports.metrics.handshake(refused.reason);
    response.writeHead(refused.status, { ...refused.headers, Connection: 'close', 'Content-Type': 'text/plain' });
    response.end(`${refused.reason}\n`);
  });
  server.on('upgrade', (request, stream, head) => {
    upgrade(ports, options, request, stream, head).catch((error: unknown) => {
      // Nothing in there may throw; if it does, the process must not go on as if nothing had happened.
      queueMicrotask(() => {
        throw error;
      });
    });
  });
  await listen(server, options);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new EdgeError('listen-failed', 'the server has no port');
  return {
    address,
    stop() {
      server.close();
      server.closeIdleConnections();
    },
  };
};

const upgrade = async (
  ports: ListenerPorts,
  options: ListenerOptions,
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): Promise<void> => {
  stream.on('error', ignore);
  ports.onUpgrading(1);
  try {
    const outcome = await checkUpgrade(readRequest(request), ports.context);
    if ('refused' in outcome) {
      if (stream.destroyed) return;
      ports.metrics.handshake(outcome.refused.reason);
      ports.onRefused(outcome.refused, request.url ?? '', remoteAddress(request, options.trustProxy));
      refuse(stream, outcome.refused);
      return;
    }
    const { accepted } = outcome;
    if (stream.destroyed) {
      accepted.slot.leave();
      return;
    }
    ports.sockets.accept(request, stream, head, accepted.token, (socket) => {
      stream.off('error', ignore);
      ports.metrics.handshake('accepted');
      ports.onAccepted(accepted, socket, remoteAddress(request, options.trustProxy));
    });
  } finally {
    ports.onUpgrading(-1);
  }
};

const readRequest = (request: IncomingMessage): UpgradeRequest => ({
  method: request.method ?? '',
  target: request.url ?? '',
  upgrade: request.headers.upgrade,
  key: request.headers['sec-websocket-key'],
  webSocketVersion: request.headers['sec-websocket-version'],
  authorization: request.headers.authorization,
  subprotocols: request.headers['sec-websocket-protocol'],
});

const refuse = (stream: Duplex, refused: Refusal): void => {
  stream.once('finish', () => stream.destroy());
  stream.end(refusalText(refused));
};

// A socket that breaks during the handshake is simply gone; `stream.destroyed` says so.
const ignore = (): void => undefined;

const remoteAddress = (request: IncomingMessage, trustProxy: boolean): string => {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const first = (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',', 1)[0]?.trim();
  return first !== undefined && first !== '' && first.length <= 64 ? first : (request.socket.remoteAddress ?? '');
};

const listen = (server: Server, options: ListenerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const where = `${options.host}:${options.port}`;
      reject(
        new EdgeError('listen-failed', `cannot listen on ${where} (VOLTLANE_OCPP_HOST, VOLTLANE_OCPP_PORT)`, { cause }),
      );
    });
    server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, resolve);
  });
