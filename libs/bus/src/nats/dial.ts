/** The first connect: endless or once, with settings that notice a dead server soon. Afterwards the client reconnects by itself. */
import { backoffMs, sleep } from '@voltlane/time';
import { connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { BusError } from '../errors.ts';
import type { ResolvedNatsOptions } from './options.ts';

const RECONNECT_WAIT_MS_MIN = 50;

/** Connects; rejects with BusError `connect-failed`, `not-authorized` or `closed` (when the signal ended the waiting). */
export async function dial(options: ResolvedNatsOptions): Promise<NatsConnection> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await connectOnce(options);
    } catch (error) {
      if (isAuthorizationError(error)) {
        throw new BusError('not-authorized', `${options.servers.join(', ')} refused the credentials`, error);
      }
      const text = error instanceof Error ? error.message : String(error);
      if (!options.waitOnFirstConnect) {
        throw new BusError('connect-failed', `no server answers at ${options.servers.join(', ')}: ${text}`, error);
      }
      const retryInMs = backoffMs(
        attempt,
        { minMs: RECONNECT_WAIT_MS_MIN, maxMs: options.reconnectWaitMsMax, factor: 2, jitter: 0.5 },
        options.random,
      );
      options.log({ kind: 'connect-failed', error: text, retryInMs });
      try {
        await sleep(options.clock, retryInMs, options.signal);
      } catch {
        throw new BusError('closed', `gave up connecting to ${options.servers.join(', ')}`, options.signal?.reason);
      }
    }
  }
}

async function connectOnce(options: ResolvedNatsOptions): Promise<NatsConnection> {
  const wait = reconnectWait(options);
  return connect({
    servers: [...options.servers],
    name: options.name,
    ...options.credentials,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    timeout: options.connectTimeoutMs,
    pingInterval: options.pingIntervalMs,
    maxPingOut: options.pingsOutMax,
    maxReconnectAttempts: -1,
    reconnect: true,
    reconnectDelayHandler: wait,
    // Credentials may be wrong for a while during a rollout of the servers; giving up would need a restart of every process.
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
  });
}

/**
 * The client asks this before each look at its list of servers, several times per dial. So the wait grows with the time spent
 * asking without success, not with the number of questions.
 */
function reconnectWait(options: ResolvedNatsOptions): () => number {
  let firstAskedMs = 0;
  let lastAskedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = options.clock.monotonicMs();
    const outageGapMs = 2 * (options.reconnectWaitMsMax + options.connectTimeoutMs);
    if (nowMs - lastAskedMs > outageGapMs) firstAskedMs = nowMs;
    lastAskedMs = nowMs;
    const grown = Math.max(RECONNECT_WAIT_MS_MIN, (nowMs - firstAskedMs) / 2);
    const full = Math.min(options.reconnectWaitMsMax, grown);
    return Math.ceil(full * (1 - 0.5 * options.random.next()));
  };
}

function isAuthorizationError(error: unknown): boolean {
  return (
    error instanceof NatsError &&
    (error.code === ErrorCode.AuthorizationViolation ||
      error.code === ErrorCode.AuthenticationExpired ||
      error.code === ErrorCode.AuthenticationTimeout)
  );
}
