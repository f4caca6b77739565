import { createFakeClock, Deadlines } from '@voltlane/time';
import { chargerId, edgeId, partitionId, sessionId, tenant } from '@voltlane/wire';
import { describe, expect, it } from 'vitest';
import { Connection } from '../src/connection.ts';
import { SESSIONS_PER_PAGE_MAX, sessionsPage } from '../src/presence.ts';
import { createSession } from '../src/session.ts';
import { Sessions } from '../src/sessions.ts';
import { createCountingMetrics } from './counting-metrics.ts';

const EDGE = edgeId('e1');
const LIMITS = { callDeadlineMs: 25_000, inboundQueueCallsMax: 16, idleTimeoutMs: 0 };
const clock = createFakeClock();

function add(sessions: Sessions, n: number, partition: number): Connection {
  const start = {
    tenant: tenant('default'),
    chargerId: chargerId(`CP${n}`),
    edgeId: EDGE,
    sessionId: sessionId(`s${n}`),
    version: '1.6',
    partition: partitionId(partition),
    lenient: false,
    closeBy: 'close',
    limits: LIMITS,
    pingIntervalMs: 0,
  } as const;
  const none = (): void => undefined;
  const socket = { bufferedAmount: 0, send: none, close: none, terminate: none, pause: none, resume: none, ping: none };
  const uplinks = { send: none, replied: () => true, nobody: none, ownerChanged: none, pending: () => 0, stop: none };
  const session = createSession(start, clock.monotonicMs());
  const connection = new Connection(session, socket, {
    clock,
    uplinks,
    metrics: createCountingMetrics(),
    deadlines: new Deadlines<Connection>(),
    outboundBytesMax: 1000,
    onGone: none,
    onEnded: none,
  });
  sessions.add(connection);
  return connection;
}

describe('the list of sessions', () => {
  it('holds the open ones of the partitions asked for, with their age', () => {
    const sessions = new Sessions();
    const closing = add(sessions, 1, 0);
    add(sessions, 2, 0);
    add(sessions, 3, 1);
    closing.handle({ kind: 'close', code: 1001, reason: '' });
    clock.advance(70);
    const page = sessionsPage(EDGE, sessions, { partitions: [partitionId(0)], after: 0 }, clock.monotonicMs());
    expect(page).toMatchObject({ edgeId: 'e1', next: undefined });
    expect(page.sessions.map(({ chargerId: id, openedAgoMs }) => [id, openedAgoMs])).toEqual([['CP2', 70]]);
  });

  it('comes in pages that miss nobody, whoever comes or goes meanwhile', () => {
    const sessions = new Sessions();
    const count = 2 * SESSIONS_PER_PAGE_MAX + 7;
    const made = Array.from({ length: count }, (_, n) => add(sessions, n, n % 2));
    const seen: string[] = [];
    let after: number | undefined = 0;
    let pages = 0;
    while (after !== undefined) {
      const partitions = [partitionId(0), partitionId(1)];
      const page = sessionsPage(EDGE, sessions, { partitions, after }, 0);
      expect(page.sessions.length).toBeLessThanOrEqual(SESSIONS_PER_PAGE_MAX);
      seen.push(...page.sessions.map(({ sessionId: id }) => id));
      pages += 1;
      after = page.next;
      // The first of those listed ends, and a new one comes behind.
      const first = made.shift();
      if (first !== undefined) sessions.ended(first);
      if (pages === 1) add(sessions, count, 0);
    }
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: count + 1 }, (_, n) => `s${n}`));
  });

  it('ends on a page that is exactly full', () => {
    const sessions = new Sessions();
    for (let n = 0; n < SESSIONS_PER_PAGE_MAX; n += 1) add(sessions, n, 0);
    const page = sessionsPage(EDGE, sessions, { partitions: [partitionId(0)], after: 0 }, 0);
    expect([page.sessions.length, page.next]).toEqual([SESSIONS_PER_PAGE_MAX, undefined]);
  });
});
