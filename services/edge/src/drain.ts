/**
 * Closing many sockets without making a wall of reconnects, and stopping an edge so that nothing taken is lost: no new sockets,
 * close each once its calls are answered, wait until the workers know, cut what is left at the deadline.
 *
 * Order: sockets without a call in flight first, in either direction. The others get the time to finish theirs; whoever is still
 * busy when nobody else is left is told all the same, and closes with its last answer.
 */
import type { Bus } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import { sleep } from '@voltlane/time';
import type { Connection } from './connection.ts';
import type { Sessions } from './sessions.ts';
import type { Uplinks } from './uplink.ts';

/** How sockets are to be closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
  /** The pace is raised when that is needed to tell all of them within this time; Infinity: never. */
  readonly withinMs: number;
  /** Asked before each step; false ends the closing, and who was not told yet stays. */
  readonly wanted: () => boolean;
}

/** Closes all open sockets at a set pace. */
export interface Pacer {
  /** Resolves when every open socket was told to close, those that came meanwhile included, or it is not wanted any more. */
  close(closing: Closing): Promise<void>;
}

const TICK_MS = 20;
/**
 * A step that comes later than this tells no more than one that came then. Whoever makes up for a stall at once makes the next one: an
 * edge of 14,000 sockets, on a machine that was full, closed 10 in one second and 4,000 in the next.
 */
const LATE_MS_MAX = 100;

/** A pacer over the live sessions. */
export const createPacer = (clock: Clock, sessions: Pick<Sessions, 'all'>, drainPerSecond: number): Pacer => ({
  async close({ code, reason, withinMs, wanted }) {
    const endMs = clock.monotonicMs() + withinMs;
    let line = idleFirst(sessions);
    let steppedMs = clock.monotonicMs();
    /** How many may be told now. */
    let due = 1;
    while (line.length > 0) {
      // Nobody else is left: the busy ones are told, too.
      const onlyBusy = line.every(isBusy);
      while (line.length > 0) {
        while (due >= 1 && line.length > 0) {
          const connection = line.pop();
          // Gone meanwhile, or busy by now: it is in the next line.
          if (connection === undefined || !isUntold(connection) || (isBusy(connection) && !onlyBusy)) continue;
          connection.handle({ kind: 'drain', code, reason });
          due -= 1;
        }
        if (line.length > 0) await sleep(clock, TICK_MS);
        if (!wanted()) return;
        const nowMs = clock.monotonicMs();
        const perSecond = Math.max(drainPerSecond, (line.length * 1000) / Math.max(TICK_MS, endMs - nowMs));
        due = Math.min(due, 1) + (perSecond * Math.min(nowMs - steppedMs, LATE_MS_MAX)) / 1000;
        steppedMs = nowMs;
      }
      // Calls ended and began meanwhile, and a handshake may have come through. Not looked up at each tick: walking over 14,000 sessions 50 times
      // a second took all of an edge's core while it drained.
      line = idleFirst(sessions);
    }
  },
});

/** Who has not been told, busy ones at the front and idle ones at the end, where they are taken from. */
const idleFirst = (sessions: Pick<Sessions, 'all'>): Connection[] => {
  const busy: Connection[] = [];
  const idle: Connection[] = [];
  for (const connection of sessions.all())
    if (isUntold(connection)) (isBusy(connection) ? busy : idle).push(connection);
  return [...busy, ...idle];
};

const isUntold = ({ session }: Connection): boolean => session.phase === 'open' && session.drainAs === undefined;

const isBusy = ({ session }: Connection): boolean => session.pending !== undefined || session.command !== undefined;

/** What a stop works with. */
export interface DrainPorts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly sessions: Sessions;
  readonly uplinks: Uplinks;
  readonly pacer: Pacer;
  /** 1001 or 1012. */
  readonly closeCode: number;
}

/** Share of the drain's deadline in which every socket is told to close. */
export const TELL_WITHIN = 0.5;
/** Share of the deadline after which sockets that still wait for an answer are cut, so that the workers can be told. */
const CUT_AT = 0.7;
const POLL_MS = 20;

/** Closes every socket and waits until nothing is pending, at most `deadlineMs`. True when nothing was left behind. */
export const drain = async (ports: DrainPorts, deadlineMs: number): Promise<boolean> => {
  const { clock, sessions, uplinks, bus } = ports;
  const startMs = clock.monotonicMs();
  const left = (): number => deadlineMs - (clock.monotonicMs() - startMs);
  const patient = (): boolean => left() > deadlineMs * (1 - CUT_AT);
  const closing = ports.pacer.close({
    code: ports.closeCode,
    reason: 'edge stops',
    withinMs: deadlineMs * TELL_WITHIN,
    wanted: patient,
  });
  while (sessions.open > 0 && patient()) await sleep(clock, POLL_MS);
  for (const connection of sessions.all()) connection.handle({ kind: 'cut', reason: 'stop' });
  while ((sessions.size > 0 || uplinks.pending() > 0) && left() > POLL_MS) await sleep(clock, POLL_MS);
  const clean = sessions.size === 0 && uplinks.pending() === 0;
  if (bus.status() === 'connected' && left() > 0) await withinMs(clock, bus.flush(), left());
  await closing;
  return clean;
};

const withinMs = async (clock: Clock, work: Promise<void>, ms: number): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([work, sleep(clock, ms, limit.signal).catch(() => undefined)]);
  limit.abort();
};
