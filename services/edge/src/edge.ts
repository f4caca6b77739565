/**
 * One edge: composes listener, sessions, uplink and downlink. Read from top to bottom it is the order of starting; `stop` is
 * the order of stopping. Keeps nothing that outlives its sockets.
 */
import type { AddressInfo } from 'node:net';
import type { Bus } from '@voltlane/bus';
import type { ConfigOf } from '@voltlane/config';
import type { Readiness, Telemetry } from '@voltlane/telemetry';
import type { Clock, Random } from '@voltlane/time';
import { Deadlines, randomId, sortableId } from '@voltlane/time';
import type { Subjects } from '@voltlane/wire';
import { foldCase, partitionOf, edgeId as toEdgeId, sessionId as toSessionId } from '@voltlane/wire';
import { createRetryHint, createTokenBucket, ReplacementLimit } from './admission.ts';
import { AttachGate } from './attach-gate.ts';
import { CLOSE_PROTOCOL, CLOSE_REPLACED } from './close-code.ts';
import type { AcceptedSocket, ConnectionPorts } from './connection.ts';
import { Connection } from './connection.ts';
import { createDownlink } from './downlink.ts';
import { createPacer, drain } from './drain.ts';
import { EdgeError } from './errors.ts';
import type { Listen } from './listener.ts';
import { startListener } from './listener.ts';
import { SWEEP_MS, startLiveness } from './liveness.ts';
import type { EdgeMetrics } from './metrics.ts';
import { startPresence } from './presence.ts';
import type { Refusal } from './refusal.ts';
import { refusal } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import type { SessionLimits } from './session.ts';
import { createSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { createSocketServer } from './socket.ts';
import type { EdgeSpans } from './spans.ts';
import { Traces } from './traces.ts';
import type { AcceptedUpgrade, ChargerLookup } from './upgrade.ts';
import { createUplinks } from './uplink.ts';

/** What an edge is made of. */
export interface EdgeParts {
  readonly config: ConfigOf<'edge'>;
  readonly bus: Bus;
  readonly lookup: ChargerLookup;
  readonly partitions: number;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Telemetry['log'], 'info' | 'warn'>;
  readonly metrics: EdgeMetrics;
  /** Undefined where traces are off. */
  readonly spans?: EdgeSpans | undefined;
  /** How chargers come in; default: a listening port. */
  readonly listen?: Listen;
}

/** A running edge. */
export interface Edge {
  readonly address: AddressInfo;
  /** Where chargers connect; append the identity. */
  readonly ocppUrl: string;
  /** Ready while it takes chargers and has a bus. */
  readiness(): Readiness;
  /** Sockets open now. */
  connections(): number;
  /** Sessions not ended: open ones, and those whose last messages are on their way. */
  sessions(): number;
  /** Messages to workers without a reply. */
  pending(): number;
  /** Handshakes that wait for the workers. */
  handshakesWaiting(): number;
  /** Sessions that may be on their way to their actors now. */
  attachLimit(): number;
  /** Traces of chargers that are followed. */
  traces(): number;
  /** Takes no new sockets, closes the open ones at the set pace, delivers what was taken; ends before `stopDeadlineMs`. */
  stop(): Promise<void>;
}

const EDGE_ID_CHARS = 16;
const SESSION_RANDOM_CHARS = 12;
/** Room in a bus message for the envelope around a payload. */
const ENVELOPE_BYTES = 4_096;
/** Payload text all pending calls may hold, in characters. */
const PENDING_BYTES_MAX = 67_108_864;
const REPLACEMENTS_PER_WINDOW_MAX = 10;
const REPLACEMENT_WINDOW_MS = 60_000;
/** Share of the stop deadline an edge takes; the rest is for what stops after it, as the worker does in the broker. */
export const STOP_SHARE = 0.7;

/** Starts an edge; rejects with EdgeError when it cannot. */
export const runEdge = async (parts: EdgeParts): Promise<Edge> => {
  const { config, bus, subjects, clock, random, log, metrics } = parts;
  if (config.frameBytesMax > bus.payloadBytesMax - ENVELOPE_BYTES) {
    const text = `frameBytesMax (${config.frameBytesMax}) does not fit a message of this bus (${bus.payloadBytesMax})`;
    throw new EdgeError('frame-above-bus-limit', text);
  }
  const edgeId = toEdgeId(randomId(random, EDGE_ID_CHARS));
  const sessions = new Sessions();
  const uplinks = createUplinks(
    {
      bus,
      clock,
      random,
      metrics,
      callSubject: (partition) => subjects.call(partition),
      replySubject: (n) => subjects.edgeReply(edgeId, n),
    },
    {
      pendingCallsMax: config.pendingCallsMax,
      pendingBytesMax: PENDING_BYTES_MAX,
      callResendMs: config.callResendMs,
    },
  );
  const downlinks = createDownlink({ sessions, uplinks, metrics, replyNumber: subjects.replyNumbers(edgeId) });
  const subscriptions = [
    bus.subscribe(subjects.edgeFilter(edgeId), (message) => downlinks.received(message)),
    bus.subscribe(subjects.ownerFilter(), (message) => downlinks.announced(message)),
  ];
  const presence = await startPresence({ edgeId, bus, subjects, sessions, clock, metrics }, config.edgeHeartbeatMs);

  const traces = new Traces({ edgeId, bus, subjects, sessions, clock, metrics });
  traces.start();

  const deadlines = new Deadlines<Connection>(SWEEP_MS);
  const connectionPorts: ConnectionPorts = {
    clock,
    deadlines,
    uplinks,
    metrics,
    spans: parts.spans,
    outboundBytesMax: config.outboundBytesMax,
    onGone: (connection) => {
      sessions.gone(connection);
      traces.gone(connection);
      const { tenant, chargerId, sessionId, ending } = connection.session;
      log.info({ tenant, chargerId, sessionId, code: ending?.code, reason: ending?.reason }, 'charger disconnected');
    },
    onEnded: (connection) => sessions.ended(connection),
  };
  const limits: SessionLimits = {
    callDeadlineMs: config.callDeadlineMs,
    inboundQueueCallsMax: config.inboundQueueCallsMax,
    idleTimeoutMs: config.idleTimeoutMs,
  };
  const onAccepted = (accepted: AcceptedUpgrade, socket: AcceptedSocket, remoteAddress: string): void => {
    const { charger, version } = accepted;
    const { tenant, chargerId } = charger;
    if (accepted.closeAtOnce) {
      accepted.slot.leave();
      socket.close(CLOSE_PROTOCOL, 'no common subprotocol');
      return;
    }
    const sessionId = toSessionId(sortableId(clock.nowMs(), random, SESSION_RANDOM_CHARS));
    const session = createSession(
      {
        tenant,
        chargerId,
        edgeId,
        sessionId,
        version,
        partition: partitionOf(tenant, chargerId, parts.partitions),
        lenient: charger.strictness === 'lenient',
        closeBy: charger.closeBy,
        limits,
        // Spread, so that chargers which came together are not pinged together for ever.
        pingIntervalMs: config.pingIntervalMs * (0.75 + 0.25 * random.next()),
      },
      clock.monotonicMs(),
    );
    const connection = new Connection(session, socket, connectionPorts, accepted.slot);
    socket.connection = connection;
    const older = sessions.add(connection);
    traces.opened(connection);
    const { securityProfile } = charger;
    connection.handle({ kind: 'opened', openedAtMs: clock.nowMs(), remoteAddress, securityProfile });
    log.info({ tenant, chargerId, sessionId, version, remoteAddress }, 'charger connected');
    if (older === undefined) return;
    metrics.replaced();
    older.handle({ kind: 'close', code: CLOSE_REPLACED, reason: 'replaced by a newer connection' });
  };

  const gate = new AttachGate(config.attachesMax, () => clock.monotonicMs());
  const bucket = createTokenBucket(config, clock.monotonicMs());
  const retryHint = createRetryHint(config, random, clock.monotonicMs());
  const replacements = new ReplacementLimit(REPLACEMENTS_PER_WINDOW_MAX, REPLACEMENT_WINDOW_MS);
  let upgrading = 0;
  let stopping: Promise<void> | undefined;
  const later = (reason: Refusal['reason']): Refusal =>
    refusal(503, reason, { 'Retry-After': String(retryHint.nextS(clock.monotonicMs())) });
  const admit = (): Refusal | undefined => {
    if (stopping !== undefined) return later('draining');
    if (!bucket.take(clock.monotonicMs())) return later('rate');
    if (sessions.open + upgrading > config.connectionsMax) return later('connectionsMax');
    return bus.status() === 'connected' ? undefined : later('busAway');
  };
  const listener = await (parts.listen ?? startListener)(
    {
      context: {
        admit,
        attach: () => gate.enter(),
        later,
        lookup: parts.lookup,
        chargers: config.chargers,
        strictness: config.strictness,
        noSubprotocol: config.noSubprotocol,
        admitReplacement: ({ tenant, chargerId }) =>
          !sessions.has(tenant, chargerId) || replacements.take(`${tenant}/${foldCase(chargerId)}`, clock.monotonicMs())
            ? undefined
            : later('replacing'),
      },
      sockets: createSocketServer(config),
      metrics,
      onRefused: createRefusalLog(log, clock),
      onAccepted,
      onUpgrading: (delta) => {
        upgrading += delta;
      },
    },
    {
      host: config.ocppHost,
      port: config.ocppPort,
      handshakeTimeoutMs: config.handshakeTimeoutMs,
      connectionsMax: config.connectionsMax,
      trustProxy: config.trustProxy,
    },
  );
  const pacer = createPacer(clock, sessions, config.drainPerSecond);
  const endLiveness = startLiveness({ clock, bus, deadlines, pacer, gate }, config.busLostGraceMs);

  const stop = async (): Promise<void> => {
    listener.stop();
    gate.close();
    const closeCode = Number(config.drainCloseCode);
    const clean = await drain({ clock, bus, sessions, uplinks, pacer, closeCode }, config.stopDeadlineMs * STOP_SHARE);
    endLiveness();
    uplinks.stop();
    traces.stop();
    for (const subscription of subscriptions) subscription.unsubscribe();
    await presence.stop();
    if (!clean)
      log.warn({ sessions: sessions.size, pending: uplinks.pending() }, 'edge stopped before all was delivered');
  };
  const host = listener.address.family === 'IPv6' ? `[${listener.address.address}]` : listener.address.address;
  return {
    address: listener.address,
    ocppUrl: `ws://${host}:${listener.address.port}/ocpp`,
    readiness: () => {
      const checks = {
        bus: bus.status() === 'connected' ? 'ok' : 'bus away',
        listener: stopping === undefined ? 'ok' : 'stopping',
      };
      return { ready: checks.bus === 'ok' && checks.listener === 'ok', checks };
    },
    connections: () => sessions.open,
    sessions: () => sessions.size,
    pending: () => uplinks.pending(),
    handshakesWaiting: () => gate.waiting,
    attachLimit: () => gate.limit,
    traces: () => traces.size,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};
