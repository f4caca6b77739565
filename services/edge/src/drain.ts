/**
 * Closing many sockets without making a wall of reconnects, and stopping an edge so that nothing taken is lost: no new sockets,
 * close each once its calls are answered, wait until the workers know, cut what is left at the deadline.
 */
import type { Bus } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import { sleep } from '@voltlane/time';
import { CLOSE_GOING_AWAY } from './close-code.ts';
import type { Connection } from './connection.ts';
import type { Sessions } from './sessions.ts';
import type { Uplinks } from './uplink.ts';

/** Closes all open sockets at a set pace. */
export interface Pacer {
  /** Resolves when every socket was told to close; sockets of chargers that connect meanwhile are not touched. */
  close(code: number, reason: string): Promise<void>;
}

const TICK_MS = 20;

/** A pacer over the live sessions. */
export const createPacer = (clock: Clock, sessions: Sessions, drainPerSecond: number): Pacer => ({
  async close(code, reason) {
    const perTick = Math.max(1, Math.round((drainPerSecond * TICK_MS) / 1000));
    const connections: Connection[] = [...sessions.all()];
    for (let at = 0; at < connections.length; at += perTick) {
      for (const connection of connections.slice(at, at + perTick)) connection.handle({ kind: 'drain', code, reason });
      if (at + perTick < connections.length) await sleep(clock, TICK_MS);
    }
  },
});

/** What a stop works with. */
export interface DrainPorts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly sessions: Sessions;
  readonly uplinks: Uplinks;
  readonly pacer: Pacer;
}

/** Share of the deadline after which sockets that still wait for an answer are cut, so that the workers can be told. */
const CUT_AT = 0.7;
const POLL_MS = 20;

/** Closes every socket and waits until nothing is pending, at most `deadlineMs`. True when nothing was left behind. */
export const drain = async (ports: DrainPorts, deadlineMs: number): Promise<boolean> => {
  const { clock, sessions, uplinks, bus } = ports;
  const startMs = clock.monotonicMs();
  const left = (): number => deadlineMs - (clock.monotonicMs() - startMs);
  const closing = ports.pacer.close(CLOSE_GOING_AWAY, 'edge stops');
  while (sessions.open > 0 && left() > deadlineMs * (1 - CUT_AT)) await sleep(clock, POLL_MS);
  for (const connection of sessions.all()) connection.handle({ kind: 'cut', reason: 'stop' });
  while ((sessions.size > 0 || uplinks.pending() > 0) && left() > POLL_MS) await sleep(clock, POLL_MS);
  const clean = sessions.size === 0 && uplinks.pending() === 0;
  if (bus.status() === 'connected' && left() > 0) await withinMs(clock, bus.flush(), left());
  if (clean) await closing;
  return clean;
};

const withinMs = async (clock: Clock, work: Promise<void>, ms: number): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([work, sleep(clock, ms, limit.signal).catch(() => undefined)]);
  limit.abort();
};
