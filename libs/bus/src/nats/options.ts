/** Options of the NATS adapter and their defaults. */
import { type Clock, type Random, systemRandom } from '@voltlane/time';
import type { TlsOptions } from 'nats';
import { crashOnHandlerError, type OnHandlerError } from '../errors.ts';

/** What the adapter tells about its connection; one per change of state, none per message. */
export type NatsLogEvent =
  | { readonly kind: 'connected'; readonly server: string }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'reconnected'; readonly server: string; readonly awayMs: number }
  | { readonly kind: 'closed'; readonly error: string | undefined }
  | { readonly kind: 'connect-failed'; readonly error: string; readonly retryInMs: number }
  | { readonly kind: 'server-error'; readonly error: string }
  | { readonly kind: 'stale-connection-forced' }
  | {
      readonly kind: 'config-differs';
      readonly stream: string;
      readonly setting: string;
      readonly have: string;
      readonly want: string;
    }
  | { readonly kind: 'consumer-restarted'; readonly stream: string; readonly reason: string };

/** How to connect. Relation: a hung server is noticed within `pingIntervalMs × (pingsOutMax + 1)`. */
export interface NatsOptions {
  /** One or more `nats://host:port` or `tls://host:port`. */
  readonly urls: string | readonly string[];
  /** Name shown by the server's monitoring. */
  readonly name: string;
  readonly clock: Clock;
  readonly random?: Random;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly tls?: NatsTlsOptions;
  /** Default 2,000. */
  readonly pingIntervalMs?: number;
  /** Pings without answer before the connection counts as dead; default 2. */
  readonly pingsOutMax?: number;
  /** For one dial; default 2,000. */
  readonly connectTimeoutMs?: number;
  /** Longest wait between dials; default 2,000. */
  readonly reconnectWaitMsMax?: number;
  /** True: keep trying until a server answers. False (default): fail with `connect-failed`. Bad credentials always fail. */
  readonly waitOnFirstConnect?: boolean;
  /** Ends the waiting for the first connect. */
  readonly signal?: AbortSignal;
  /** For a journal or key-value read, and for the acknowledgement of a write; default 2,500. */
  readonly ackTimeoutMs?: number;
  /** Writes waiting for acknowledgement, default 10,000; then BusError `overloaded`. */
  readonly pendingAcksMax?: number;
  /** Requests waiting for an answer, default 20,000 (up to half may be questions to handlers); then BusError `overloaded`. */
  readonly pendingRequestsMax?: number;
  /** Bytes sent but not yet confirmed by the server, default 64 MiB; then publishes are dropped and writes `overloaded`. */
  readonly outboundBytesMax?: number;
  /** Replicas of key-value buckets, default 1. */
  readonly bucketReplicas?: number;
  /** Put before the name of every bucket, so that brokers can share one NATS; `[A-Za-z0-9_-]*`. Default none. */
  readonly bucketPrefix?: string;
  /** Errors thrown by handlers; default: crash. */
  readonly onError?: OnHandlerError;
  readonly log?: (event: NatsLogEvent) => void;
}

/** TLS settings: files as paths, or PEM text. An empty object asks for TLS with the system's authorities. */
export interface NatsTlsOptions {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** TLS before the server's greeting (server option `handshake_first`). */
  readonly handshakeFirst?: boolean;
}

/** Options with every default filled in. */
export interface ResolvedNatsOptions {
  readonly servers: string[];
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: { user?: string; pass?: string; token?: string };
  readonly tls: TlsOptions | undefined;
  readonly pingIntervalMs: number;
  readonly pingsOutMax: number;
  readonly connectTimeoutMs: number;
  readonly reconnectWaitMsMax: number;
  readonly waitOnFirstConnect: boolean;
  readonly signal: AbortSignal | undefined;
  readonly ackTimeoutMs: number;
  readonly pendingAcksMax: number;
  readonly pendingRequestsMax: number;
  readonly outboundBytesMax: number;
  readonly bucketReplicas: number;
  readonly bucketPrefix: string;
  readonly onError: OnHandlerError;
  readonly log: (event: NatsLogEvent) => void;
}

/** Fills in the defaults. */
export function resolveNatsOptions(options: NatsOptions): ResolvedNatsOptions {
  const credentials: { user?: string; pass?: string; token?: string } = {};
  if (options.user !== undefined) credentials.user = options.user;
  if (options.pass !== undefined) credentials.pass = options.pass;
  if (options.token !== undefined) credentials.token = options.token;
  return {
    servers: typeof options.urls === 'string' ? [options.urls] : [...options.urls],
    name: options.name,
    clock: options.clock,
    random: options.random ?? systemRandom,
    credentials,
    tls: options.tls === undefined ? undefined : { ...options.tls },
    pingIntervalMs: options.pingIntervalMs ?? 2_000,
    pingsOutMax: options.pingsOutMax ?? 2,
    connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
    reconnectWaitMsMax: options.reconnectWaitMsMax ?? 2_000,
    waitOnFirstConnect: options.waitOnFirstConnect ?? false,
    signal: options.signal,
    ackTimeoutMs: options.ackTimeoutMs ?? 2_500,
    pendingAcksMax: options.pendingAcksMax ?? 10_000,
    pendingRequestsMax: options.pendingRequestsMax ?? 20_000,
    outboundBytesMax: options.outboundBytesMax ?? 64 * 1_048_576,
    bucketReplicas: options.bucketReplicas ?? 1,
    bucketPrefix: options.bucketPrefix ?? '',
    onError: options.onError ?? crashOnHandlerError,
    log: options.log ?? ((): void => {}),
  };
}
