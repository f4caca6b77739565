/**
 * What workers can know of this edge without a charger saying anything: that it lives (a heartbeat), and which sessions it holds
 * (asked in pages by new owners of partitions). Decides nothing about sessions.
 */
import { EDGES_BUCKET, startHeartbeat } from '@voltlane/actors';
import type { Bus, BusMessage } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import type { EdgeId, ListedSession, PartitionId, SessionsPage, SessionsQuestion, Subjects } from '@voltlane/wire';
import { decodeSessionsQuestion, encodeSessionsPage, WireError } from '@voltlane/wire';
import type { EdgeMetrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';

/** What presence works with. */
export interface PresencePorts {
  readonly edgeId: EdgeId;
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly metrics: Pick<EdgeMetrics, 'downlink'>;
}

/** A running presence. */
export interface Presence {
  /** After the last session ended: the workers are told that this edge is no more. */
  stop(): Promise<void>;
}

/** Sessions in one answer: some 50 KB, and short enough not to hold up the sockets. */
export const SESSIONS_PER_PAGE_MAX = 500;

/** Resolves when the first heartbeat was sent. */
export const startPresence = async (ports: PresencePorts, heartbeatMs: number): Promise<Presence> => {
  const { edgeId, bus, subjects, clock } = ports;
  const members = await bus.keyValue({ bucket: EDGES_BUCKET, maxAgeMs: 0, valueBytesMax: 1024 });
  const subscription = bus.subscribe(subjects.edgeSessions(edgeId), (message) => answer(ports, message));
  const heartbeat = await startHeartbeat({ member: edgeId, members, bus, clock }, heartbeatMs);
  return {
    stop: async () => {
      subscription.unsubscribe();
      await heartbeat.stop();
    },
  };
};

const answer = (ports: PresencePorts, message: BusMessage): void => {
  if (message.reply === undefined) return;
  const { edgeId, bus, sessions, clock, metrics } = ports;
  let question: SessionsQuestion;
  try {
    question = decodeSessionsQuestion(message.data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    metrics.downlink(error.code === 'newer-version' ? 'newerVersion' : 'malformed');
    return;
  }
  bus.publish(message.reply, encodeSessionsPage(sessionsPage(edgeId, sessions, question, clock.monotonicMs())));
};

/** The open sessions of the partitions asked for, from where the page before ended. */
export const sessionsPage = (
  edgeId: EdgeId,
  sessions: Pick<Sessions, 'all'>,
  question: SessionsQuestion,
  nowMs: number,
): SessionsPage => {
  const asked = new Set<PartitionId>(question.partitions);
  const listed: ListedSession[] = [];
  let last = question.after;
  for (const { ordinal, openedAtMs, session } of sessions.all()) {
    if (ordinal <= question.after || session.phase !== 'open' || !asked.has(session.partition)) continue;
    if (listed.length >= SESSIONS_PER_PAGE_MAX) return { edgeId, next: last, sessions: listed };
    const { tenant, chargerId, sessionId, version } = session;
    listed.push({ tenant, chargerId, edgeId, sessionId, version, openedAgoMs: nowMs - openedAtMs });
    last = ordinal;
  }
  return { edgeId, next: undefined, sessions: listed };
};
