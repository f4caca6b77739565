/**
 * A worker on the bus that does what a test tells it: takes uplinks of some partitions, remembers them, answers by a script.
 * Stands where services/worker stands later; knows only the envelope.
 */
import type { Bus, Subscription } from '@voltlane/bus';
import type { Downlink, DownlinkReply, SessionHeader, Uplink, UplinkCall } from '@voltlane/wire';
import { createSubjects, decodeUplink, encodeDownlink, partitionId, epoch as toEpoch } from '@voltlane/wire';

/** Answer to a call; undefined = silence. */
export type Script = (call: UplinkCall) => DownlinkReply['outcome'] | undefined;

export interface FakeWorker {
  /** Everything that arrived, copies included. */
  readonly uplinks: readonly Uplink[];
  calls(chargerId?: string): readonly UplinkCall[];
  /** What to answer from now on. */
  script: Script;
  /** When false, sessionOpened, answers and sessionClosed get no reply. */
  notes: boolean;
  epoch: number;
  reply(uplink: Uplink, outcome: DownlinkReply['outcome']): void;
  command(session: SessionHeader, commandId: string, action: string, payload: string, timeoutMs?: number): void;
  close(session: SessionHeader, code: number, reason: string): void;
  /** The session of the last `sessionOpened` of a charger. */
  session(chargerId: string): SessionHeader;
  listen(): void;
  leave(): void;
}

const HEARTBEAT = '{"currentTime":"2026-01-01T00:00:00.000Z"}';
const BOOT = '{"currentTime":"2026-01-01T00:00:00.000Z","interval":300,"status":"Accepted"}';

/** What a friendly worker says; enough for every action the tests send. */
export const friendly: Script = (call) => {
  if (call.violation !== undefined) return { kind: 'error', ...call.violation };
  if (call.send) return { kind: 'noted' };
  if (call.action === 'Heartbeat') return { kind: 'result', payload: HEARTBEAT };
  if (call.action === 'BootNotification') return { kind: 'result', payload: BOOT };
  return { kind: 'result', payload: '{}' };
};

export const createFakeWorker = (bus: Bus, partitions: number, prefix = ''): FakeWorker => {
  const subjects = createSubjects(prefix);
  const uplinks: Uplink[] = [];
  const replyTo = new Map<string, string>();
  const partitionOfSession = new Map<string, number>();
  let subscriptions: Subscription[] = [];
  const send = (subject: string, message: Downlink): void => bus.publish(subject, encodeDownlink(message));
  const header = (sessionId: SessionHeader['sessionId']) => ({
    partition: partitionId(partitionOfSession.get(sessionId) ?? 0),
    epoch: toEpoch(worker.epoch),
    sessionId,
  });
  const worker: FakeWorker = {
    uplinks,
    calls: (chargerId) =>
      uplinks.filter(
        (up) => up.kind === 'call' && (chargerId === undefined || up.chargerId === chargerId),
      ) as UplinkCall[],
    script: friendly,
    notes: true,
    epoch: 1,
    reply(uplink, outcome) {
      const subject = replyTo.get(`${uplink.sessionId}/${uplink.seq}`);
      if (subject === undefined) throw new Error('no such uplink');
      send(subject, { kind: 'reply', ...header(uplink.sessionId), seq: uplink.seq, outcome });
    },
    command(session, commandId, action, payload, timeoutMs = 5_000) {
      const subject = subjects.edgeInbox(session.edgeId);
      send(subject, { kind: 'call', ...header(session.sessionId), commandId, action, payload, timeoutMs });
    },
    close(session, code, reason) {
      send(subjects.edgeInbox(session.edgeId), { kind: 'close', ...header(session.sessionId), code, reason });
    },
    session(chargerId) {
      const opened = uplinks.findLast((up) => up.kind === 'sessionOpened' && up.chargerId === chargerId);
      if (opened === undefined) throw new Error(`no session of ${chargerId}`);
      return opened;
    },
    listen() {
      for (let partition = 0; partition < partitions; partition += 1) {
        subscriptions.push(
          bus.subscribe(subjects.call(partitionId(partition)), (message) => {
            const uplink = decodeUplink(message.data);
            uplinks.push(uplink);
            replyTo.set(`${uplink.sessionId}/${uplink.seq}`, message.reply ?? '');
            partitionOfSession.set(uplink.sessionId, partition);
            if (uplink.kind === 'call') {
              const outcome = worker.script(uplink);
              if (outcome !== undefined) worker.reply(uplink, outcome);
            } else if (worker.notes) worker.reply(uplink, { kind: 'noted' });
          }),
        );
      }
    },
    leave() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      subscriptions = [];
    },
  };
  return worker;
};
